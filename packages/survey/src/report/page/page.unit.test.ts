import { expect, test } from 'vitest';
import { survey } from '../../survey.ts';
import { folderOf } from '../../testing/hotel.ts';
import { surveyPage } from './page.ts';

/** The page of a program of so many contexts, each a file. */
async function pageOf(contexts: number): Promise<string> {
  const names = Array.from({ length: contexts }, (_, at) => `part${at}`);
  await using folder = await folderOf(
    Object.fromEntries(names.map((name) => [`${name}.ts`, 'export const run = () => 1;\n'])),
  );
  const pins = {
    contexts: Object.fromEntries(names.map((name) => [name, { modules: [`${name}.ts`] }])),
  };
  return surveyPage(await survey({ repo: folder.root, pins }), 'parts');
}

test('of few contexts paper has everything, of many what was opened', async () => {
  expect((await pageOf(12)).match(/class="card" data-long/g)).toBeNull();
  expect((await pageOf(13)).match(/class="card" data-long/g)).toHaveLength(13);
});
