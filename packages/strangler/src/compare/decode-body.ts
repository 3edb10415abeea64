import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Reply } from './reply.ts';

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** The body without its content encoding, or undefined where it is unknown, broken or longer than the limit. */
export async function decodeBody(reply: Reply, maxBytes: number): Promise<Buffer | undefined> {
  const encoding = reply.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || reply.body.length === 0) return reply.body;
  const decode = decoders.get(encoding);
  if (decode === undefined) return undefined;
  try {
    return await decode(reply.body, { maxOutputLength: maxBytes });
  } catch {
    return undefined;
  }
}
