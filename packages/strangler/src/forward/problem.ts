import type { ServerResponse } from 'node:http';
import type { UpstreamFailure } from './failure.ts';

/** An error reply of the proxy itself, RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly upstream?: string;
  readonly retryAfterSeconds?: number;
}

const answers = {
  unreachable: { status: 502, title: 'Bad Gateway' },
  broken: { status: 502, title: 'Bad Gateway' },
  timedOut: { status: 504, title: 'Gateway Timeout' },
  overloaded: { status: 503, title: 'Service Unavailable', retryAfterSeconds: 1 },
} as const;

/** The reply for a failure of an upstream. */
export function problemOf(failure: UpstreamFailure, upstream: string): Problem {
  return { ...answers[failure.kind], detail: failure.message, upstream };
}

/** The body of a problem. */
export function problemJson({ status, title, detail, upstream }: Problem): string {
  return JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail,
    ...(upstream === undefined ? {} : { upstream }),
  });
}

/** Answers with a problem. */
export function answerProblem(res: ServerResponse, problem: Problem, close = false): void {
  const body = Buffer.from(problemJson(problem));
  const headers = ['content-type', 'application/problem+json', 'content-length', String(body.length)];
  headers.push('cache-control', 'no-store');
  if (problem.retryAfterSeconds !== undefined) headers.push('retry-after', String(problem.retryAfterSeconds));
  if (close) headers.push('connection', 'close');
  res.writeHead(problem.status, problem.title, headers);
  res.end(body);
}
