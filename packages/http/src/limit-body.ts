import type { MiddlewareHandler } from 'hono';
import { problem } from './problem/problem-details.ts';
import { problemResponse } from './problem/problem-response.ts';

/** How many times the limit is read and thrown away, so that a client that is still sending gets to read its answer. */
const DISCARDED = 16;

/** Answers a request whose body has more than `limit` bytes with 413; what comes in pieces is counted and held in memory. */
export function limitBody(limit: number): MiddlewareHandler {
  const detail = `A body may have ${limit} bytes at most; send less.`;
  const tooLarge = { ...problem(413, 'body-too-large', 'The body is too large', detail), limit };
  return async ({ req }, next) => {
    const declared = req.header('transfer-encoding') === undefined ? req.header('content-length') : undefined;
    if (declared !== undefined) return Number(declared) > limit ? problemResponse(tooLarge) : next();
    if (req.raw.body === null) return next();
    const body = await readUpTo(req.raw.body, limit);
    if (body === undefined) return problemResponse(tooLarge);
    req.raw = new Request(req.raw, { body });
    return next();
  };
}

/** The whole body, or undefined when it is larger than the limit. */
async function readUpTo(body: ReadableStream<Uint8Array>, limit: number) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (size > limit * DISCARDED) break;
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}
