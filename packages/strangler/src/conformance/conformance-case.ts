import { RawClient } from '../testing/raw-client.ts';
import { type RawUpstream, says } from '../testing/raw-upstream.ts';

/** What a case looks at. */
export interface Trial {
  readonly port: number;
  readonly upstream: RawUpstream;
}

/** One thing that a proxy must do. */
export interface ConformanceCase {
  readonly name: string;
  /** Returns what must hold, each part as a name and whether it does. */
  run(trial: Trial): Promise<Readonly<Record<string, boolean>>>;
  /** What nginx of Debian 12 does otherwise. */
  readonly nginx?: string;
}

/** The first lines of a request. */
export const get = 'GET / HTTP/1.1\r\nHost: x\r\n';
export const post = 'POST / HTTP/1.1\r\nHost: x\r\n';
/** The end of a head after whose reply the connection closes. */
export const last = 'Connection: close\r\n\r\n';
export const chunked = 'Transfer-Encoding: chunked\r\n';
/** What must never reach an upstream as a request. */
export const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';

/** One request on a connection of its own, and the reply to it. */
export async function ask(
  trial: Trial,
  request: string,
  reply?: string,
): Promise<{ received: string; seen: string }> {
  if (reply !== undefined) trial.upstream.script = says(reply);
  using client = await RawClient.to(trial.port);
  const received = await client.send(request).end();
  return { received, seen: trial.upstream.messages[0]?.received ?? '' };
}

/** The body that chunks make. */
export function dechunked(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (!(size > 0)) return body;
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  const give = performance.now() + 15_000;
  while (!holds()) {
    if (performance.now() > give) throw new Error('It did not come about in 15 s.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
