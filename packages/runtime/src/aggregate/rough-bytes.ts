const looksAt = 16;
const deepest = 4;

/**
 * About how much memory a value takes, in bytes, for a limit and not for an account: of every collection some members are
 * looked at and stand for the rest, and so do 64 bytes for whatever lies deeper than four levels.
 */
export function roughBytes(value: unknown, depth = 0): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth === deepest) return 64;
  if (Array.isArray(value)) return 32 + ofMembers(value, value.length, depth, 8);
  if (value instanceof Map) return 64 + ofMembers(value, value.size, depth, 40);
  if (value instanceof Set) return 64 + ofMembers(value, value.size, depth, 24);
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength;
  return ofProperties(value as Record<string, unknown>, depth);
}

function ofMembers(members: Iterable<unknown>, size: number, depth: number, each: number): number {
  let seen = 0;
  let bytes = 0;
  for (const member of members) {
    if (seen === looksAt) break;
    bytes += roughBytes(member, depth + 1);
    seen += 1;
  }
  return seen === 0 ? 0 : Math.ceil((bytes / seen + each) * size);
}

function ofProperties(object: Readonly<Record<string, unknown>>, depth: number): number {
  const keys = Object.keys(object);
  let bytes = 0;
  for (const key of keys.slice(0, looksAt)) bytes += 2 * key.length + roughBytes(object[key], depth + 1);
  const seen = Math.min(keys.length, looksAt);
  return 32 + (seen === 0 ? 0 : Math.ceil((bytes / seen + 16) * keys.length));
}
