import {
  type BanyanError,
  Conflict,
  Invalid,
  NotFound,
  Rejected,
  Terminal,
  toBanyanError,
  Unavailable,
} from '@banyan/runtime';

/** What went wrong with a request, as RFC 9457 has it, and the stable code to test for. */
export interface ProblemDetails {
  /** A URI that names the kind of problem: `urn:banyan:problem:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A sentence for a person: what was wrong and what to do. */
  readonly detail: string;
  readonly code: string;
  /** Names this one occurrence where its cause is told to nobody but the service's own log. */
  readonly instance?: string;
  /** The error's details. */
  readonly [extension: string]: unknown;
}

const kinds: readonly (readonly [abstract new (...args: never[]) => BanyanError, number, string])[] = [
  [Invalid, 400, 'The request is not valid'],
  [Rejected, 422, 'The request was refused'],
  [NotFound, 404, 'Not found'],
  [Conflict, 409, 'Somebody else was faster'],
  [Unavailable, 503, 'Not available at the moment'],
];

/** Makes a problem of a kind that no error class stands for. */
export function problem(status: number, code: string, title: string, detail: string): ProblemDetails {
  return { type: `urn:banyan:problem:${code}`, title, status, detail, code };
}

/**
 * The problem that an error is to a client. What is `Terminal` or not ours says nothing of itself: its sentence and details
 * are for the service's log, found by `instance`.
 */
export function problemDetails(caught: unknown, instance?: string): ProblemDetails {
  const error = toBanyanError(caught);
  const kind = kinds.find(([errorClass]) => error instanceof errorClass);
  if (kind === undefined || error instanceof Terminal) {
    const detail =
      'The service failed. Report it with the instance given here; do not send it again unchanged.';
    return {
      ...problem(500, 'internal', 'The service failed', detail),
      ...(instance === undefined ? {} : { instance }),
    };
  }
  const [, status, title] = kind;
  return { ...error.details, ...problem(status, error.code, title, error.message) };
}
