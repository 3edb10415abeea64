import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkedConfig, type PageFolder, pageFolder, readPage } from './testing/page-folder.ts';

describe('the page about subscriptions', () => {
  let folder: PageFolder;
  beforeAll(() => {
    folder = pageFolder(readPage('subscriptions.md'));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('has code that compiles', { timeout: 600_000 }, async () => {
    const { code, said } = await folder.finish('typescript/bin/tsc', '-p', checkedConfig);
    expect(code, said).toBe(0);
  });
});
