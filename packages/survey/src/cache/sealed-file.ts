import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Maps have no form in JSON of their own; no name in code has this sign. */
const mapKey = '\u0000map';

/** Reads a value that was sealed for the same key; `undefined` for anything else, whatever has happened to the file. */
export async function readSealed(file: string, key: string): Promise<unknown> {
  try {
    const text = await readFile(file, 'utf8');
    const end = text.indexOf('\n');
    if (end < 0 || text.slice(0, end) !== seal(key, text.slice(end + 1))) return undefined;
    return withMaps(JSON.parse(text.slice(end + 1)));
  } catch {
    return undefined;
  }
}

/** Writes a value with a seal over it and the key, at once or not at all. */
export async function writeSealed(file: string, key: string, value: unknown): Promise<void> {
  const body = JSON.stringify(value, (_name, each: unknown) =>
    each instanceof Map ? { [mapKey]: [...each] } : each,
  );
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${seal(key, body)}\n${body}`);
  await rename(`${file}.new`, file);
}

function seal(key: string, body: string): string {
  return createHash('sha256').update(key).update('\n').update(body).digest('base64');
}

/** In place: a reviver would be called for every value and take most of the time. */
function withMaps(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const holder = value as Record<string, unknown>;
  const entries = holder[mapKey];
  if (Array.isArray(entries)) return new Map(entries.map(withMaps) as [unknown, unknown][]);
  for (const name of Object.keys(holder)) {
    const inner = holder[name];
    if (typeof inner === 'object' && inner !== null) holder[name] = withMaps(inner);
  }
  return value;
}
