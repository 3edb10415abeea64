import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkedConfig, type PageFolder, pageFolder, readPage } from './testing/page-folder.ts';

describe('the page about the event store', () => {
  let folder: PageFolder;
  beforeAll(() => {
    folder = pageFolder(readPage('event-store.md'));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('has code that compiles', { timeout: 600_000 }, async () => {
    const { code, said } = await folder.finish('typescript/bin/tsc', '-p', checkedConfig);
    expect(code, said).toBe(0);
  });

  test('has tests that pass', { timeout: 600_000 }, async () => {
    await using database = await testDatabase();
    const tests = folder.run(['node_modules/vitest/vitest.mjs', 'run'], { DATABASE_URL: database.url });
    const code = await tests.exited;
    expect(tests.stdout() + tests.stderr()).toMatch(/4 passed/);
    expect(code).toBe(0);
  });
});
