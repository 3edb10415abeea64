import { stripVTControlCharacters } from 'node:util';
import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PageFolders, pageFolders } from './testing/page-folders.ts';

/** The pages that show whole files, and how many tests are among them. */
const pages = { tutorial: 3, 'event-store': 4, aggregates: 2, 'route-code': 3, subscriptions: 0 };

describe('the documentation', { timeout: 600_000 }, () => {
  let folders: PageFolders;
  beforeAll(() => {
    folders = pageFolders(...Object.keys(pages));
  });
  afterAll(() => folders[Symbol.asyncDispose]());

  test('has code that compiles', async () => {
    expect(await folders.typeErrors()).toBe('');
  });

  test('has tests that pass', async () => {
    await using database = await testDatabase();
    const tests = folders.test({ DATABASE_URL: database.url });
    const code = await tests.exited;
    const said = stripVTControlCharacters(tests.stdout() + tests.stderr());
    expect(code, said).toBe(0);
    for (const [page, count] of Object.entries(pages))
      if (count > 0) expect(said).toMatch(new RegExp(`✓ ${page}/src/\\S+ \\(${count} tests\\)`));
  });
});
