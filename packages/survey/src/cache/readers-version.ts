import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const readers = /\.[jt]s$/;

/** The version of all that reads and concludes: of the code itself, so that nobody has to remember to change a number. */
export async function readersVersion(): Promise<string> {
  const hash = createHash('sha256').update(process.versions.node);
  const files = (await readdir(root, { recursive: true })).filter((name) => readers.test(name)).sort();
  for (const file of files) hash.update(file).update(await readFile(join(root, file)));
  return hash.update(await readFile(join(root, '../package.json'))).digest('base64');
}
