import { describe, expect, test } from 'vitest';
import { lineOf, linesOf } from './locate.ts';

const source = `import { defineConfig } from 'banyan';
// export default { not: 'this' }
export default defineConfig({
  ledger: { database: process.env.LEDGER_URL! }, // { a: 1 }
  services: {
    'catalogue-2': { url: 'http://a{b', database },
  },
  ...others({ deep: [1] }),
  migrations: {
    catalogue: {
      tables: [
        'public.items',
        \`public.\${name}\`,
      ],
      translate: (change) => [{ op: 'x' }],
      routes: [
        { name: 'a', match: { path: '/a' } },
        { name: 'b',
          match: { path: 'b' } },
      ],
    },
  },
});
`;

describe('where a configuration is written', () => {
  test.each([
    [['ledger', 'database'], 4],
    [['services', 'catalogue-2', 'url'], 6],
    [['services', 'catalogue-2', 'database'], 6],
    [['migrations', 'catalogue', 'tables', 1], 13],
    [['migrations', 'catalogue', 'translate'], 15],
    [['migrations', 'catalogue', 'routes', 0, 'match', 'path'], 17],
    [['migrations', 'catalogue', 'routes', 1, 'match', 'path'], 19],
    [['migrations', 'catalogue', 'limits', 'x'], 10],
    [['ledger', 'database', 'deeper'], 4],
  ])('finds %j', (path, line) => {
    expect(lineOf(linesOf(source), path)).toBe(line);
  });

  test.each([
    '',
    'export default config;',
    'export default {',
    'module.exports = {}',
    "export default { a: '",
  ])('knows nothing of %j, and ends', (text) => {
    expect(lineOf(linesOf(text), ['ledger'])).toBeUndefined();
  });

  test('reads an object that is exported as it is', () => {
    expect(lineOf(linesOf('export default {\n\n  proxy: { port: "x" } };'), ['proxy', 'port'])).toBe(3);
  });
});
