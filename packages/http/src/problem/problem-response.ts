import type { ProblemDetails } from './problem-details.ts';

const RETRY_AFTER_SECONDS = '1';

/** The response that carries a problem; one that may pass says when to come again. */
export function problemResponse(problem: ProblemDetails): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (problem.status === 503) headers.set('retry-after', RETRY_AFTER_SECONDS);
  return new Response(JSON.stringify(problem, bigintAsString), { status: problem.status, headers });
}

function bigintAsString(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
