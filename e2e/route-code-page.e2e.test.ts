import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkedConfig, type PageFolder, pageFolder, readPage } from './testing/page-folder.ts';

describe('the page about the code of routes', () => {
  let folder: PageFolder;
  beforeAll(() => {
    folder = pageFolder(readPage('route-code.md'));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('has a translator that compiles, and tests of it that pass', { timeout: 600_000 }, async () => {
    const compiled = await folder.finish('typescript/bin/tsc', '-p', checkedConfig);
    expect(compiled.code, compiled.said).toBe(0);
    const tested = await folder.finish('vitest/vitest.mjs', 'run');
    expect(tested.code, tested.said).toBe(0);
    expect(tested.said).toMatch(/3 passed/);
  });
});
