import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkedConfig, type PageFolder, pageFolder, readPage } from './testing/page-folder.ts';

describe('the page about aggregates', () => {
  let folder: PageFolder;
  beforeAll(() => {
    folder = pageFolder(readPage('aggregates.md'));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('has code that compiles', { timeout: 600_000 }, async () => {
    const { code, said } = await folder.finish('typescript/bin/tsc', '-p', checkedConfig);
    expect(code, said).toBe(0);
  });

  test('has tests that pass', { timeout: 600_000 }, async () => {
    const { code, said } = await folder.finish('vitest/vitest.mjs', 'run');
    expect(said).toMatch(/2 passed/);
    expect(code).toBe(0);
  });
});
