import { createHash } from 'node:crypto';
import { Invalid } from '@banyan/runtime';
import type { HonoRequest } from 'hono';

const KEY = /^[\x20-\x7e]{1,200}$/;

/**
 * The id of the command that a request asks for: the same for the same `idempotency-key`, command type and aggregate, so
 * that a key is never taken for another command's. Undefined where the request has no key.
 * @throws Invalid `idempotency-key` when the key is empty, too long, or not printable ASCII.
 */
export function commandIdOf(request: HonoRequest, type: string, id: string): string | undefined {
  const key = request.header('idempotency-key');
  if (key === undefined) return undefined;
  if (!KEY.test(key))
    throw new Invalid('idempotency-key', 'An idempotency key has 1 to 200 printable ASCII characters.');
  return uuidOf(JSON.stringify([type, id, key]));
}

/** A UUID made of a hash: version 8 of RFC 9562. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
