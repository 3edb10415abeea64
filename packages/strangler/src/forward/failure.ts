import type { FailureKind } from '../proxy-totals.ts';

/** Why an upstream gave no whole reply. */
export class UpstreamFailure extends Error {
  readonly kind: Exclude<FailureKind, 'serverErrors'>;
  /** Whether the connection may simply have been closed while it was idle. */
  readonly stale: boolean;

  constructor(
    kind: UpstreamFailure['kind'],
    message: string,
    options: { cause?: unknown; stale?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.stale = options.stale ?? false;
  }
}

const timeouts = new Map([
  ['UND_ERR_CONNECT_TIMEOUT', 'could not be connected to in time (limit `connectMs`)'],
  ['UND_ERR_HEADERS_TIMEOUT', 'did not begin to reply in time (limit `headersMs`)'],
  ['UND_ERR_BODY_TIMEOUT', 'stopped in the middle of its reply (limit `bodyMs`)'],
]);

const staleCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Names what went wrong with an upstream from the error of the HTTP client. */
export function toUpstreamFailure(upstream: string, error: Error): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const late = timeouts.get(code);
  if (late !== undefined) {
    return new UpstreamFailure('timedOut', `The upstream "${upstream}" ${late}.`, { cause: error });
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    const message = `The head of the reply of the upstream "${upstream}" is too long (limit \`headerBytes\`).`;
    return new UpstreamFailure('unreachable', message, { cause: error });
  }
  const reason = code.startsWith('HPE_')
    ? 'gave a reply that is not HTTP'
    : 'could not be reached or hung up';
  const message = `The upstream "${upstream}" ${reason} (${code || error.message}).`;
  return new UpstreamFailure('unreachable', message, { cause: error, stale: staleCodes.has(code) });
}
