import { STATUS_CODES } from 'node:http';
import type { ReplyStart } from '../client/client-stream.ts';
import type { UpstreamFailure } from '../upstream/failure.ts';
import { headText } from '../wire/head-text.ts';
import { httpDate } from '../wire/http-date.ts';

/** An error reply of the proxy itself, RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly upstream?: string;
  readonly retryAfterSeconds?: number;
}

const answers = {
  unreachable: { status: 502 },
  broken: { status: 502 },
  timedOut: { status: 504 },
  overloaded: { status: 503, retryAfterSeconds: 1 },
} as const;

/** The reply for a failure of an upstream. */
export function problemOf(failure: UpstreamFailure, upstream: string): Problem {
  return { ...answers[failure.kind], detail: failure.message, upstream };
}

/** The head and the body of a problem. */
export function problemReply(problem: Problem): { readonly start: ReplyStart; readonly body: Buffer } {
  const { status, retryAfterSeconds } = problem;
  const body = Buffer.from(problemJson(problem));
  const headers = ['content-type', 'application/problem+json', 'cache-control', 'no-store'];
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  return { start: { status, reason: titleOf(status), headers, length: body.length }, body };
}

/** A problem as the last message of a connection of HTTP/1.x. */
export function problemMessage(problem: Problem): Buffer {
  const { start, body } = problemReply(problem);
  const closing = ['date', httpDate(), 'content-length', String(body.length), 'connection', 'close'];
  const head = headText(start.status, start.reason, [...start.headers, ...closing]);
  return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body]);
}

function problemJson({ status, detail, upstream }: Problem): string {
  return JSON.stringify({
    type: 'about:blank',
    title: titleOf(status),
    status,
    detail,
    ...(upstream === undefined ? {} : { upstream }),
  });
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}
