import type { IncomingMessage } from 'node:http';
import { Invalid, NotFound } from '@banyan/runtime';

const longestBody = 262_144;

/** What the control API answers. */
export type Answer = readonly [status: number, body: unknown];

/** The words of the path of a request. @throws Invalid */
export function wordsOf({ url = '/' }: IncomingMessage): readonly string[] {
  try {
    return new URL(url, 'http://x').pathname.slice(1).split('/').map(decodeURIComponent);
  } catch (cause) {
    throw new Invalid('address-invalid', `${JSON.stringify(url)} is not a path.`, { cause });
  }
}

/** What is thrown where there is nothing. */
export function addressUnknown({ method, url }: IncomingMessage): NotFound {
  return new NotFound(
    'address-unknown',
    `There is no ${method} ${url}. There are /revision, /routes, /routes/<name>, /routes/<name>/history and /recording.`,
  );
}

/** The body of a request: one JSON object, none where there is no body. @throws Invalid */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > longestBody)
      throw new Invalid('body-too-long', `The body is longer than ${longestBody} bytes.`);
    pieces.push(piece);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return body as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Invalid('body-invalid', 'The body must be one JSON object.');
}
