import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

test('the page of transactions that cross the seam shows what is run', async () => {
  const page = await read('../../../../../docs/crossing-transactions.md');
  const files = page.matchAll(/^\*\*`([^`]+)`\*\*\n\n```(?:ts|sql)\n([\s\S]*?)^```$/gm);
  const shown = [...files].map(([, name, text]) => [name!, text!] as const);
  const own = (await readdir(new URL('.', import.meta.url))).filter((name) => !name.endsWith('.test.ts'));
  expect(shown.map(([name]) => name).sort()).toEqual(own.sort());
  for (const [name, text] of shown) expect(text, name).toBe(await read(`./${name}`));
});
