import { expect, test } from 'vitest';
import { loadGrammar } from './grammar.ts';
import { measureTree } from './measure-tree.ts';

test.each([
  ['java', 'class A { void a() { if (b) { for (int i = 0; i < 1; i++) { } } else if (c) { } } }', 1 + 2 + 2],
  [
    'typescript',
    'const a = (b) => { switch (b) { case 1: return b ? 1 : 2; } try { } catch { } };',
    1 + 2 + 1,
  ],
  ['python', 'def a():\n  for b in c:\n    while d:\n      e()\n', 1 + 2],
  ['ruby', 'def a\n  return 1 if b\n  c.each do |d|\n    d\n  end\nend\n', 1],
  ['go', 'package a\nfunc b() { for { if c { } } }', 1 + 2],
  ['typescript', 'const plain = { a: 1, if: 2 };', 0],
] as const)('%s: branches count, those inside of others more: %s', async (language, source, complexity) => {
  const parse = await loadGrammar(language);
  expect(measureTree(parse(source))).toEqual({ syntaxErrors: 0, complexity });
});
