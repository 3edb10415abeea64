import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { benchmarks } from './benchmarks.ts';
import { parseOptions, UsageError, usage } from './options.ts';

test('a name alone takes the defaults', () => {
  expect(parseOptions(['event-store'])).toEqual({
    name: 'event-store',
    json: false,
    runs: 5,
    seconds: 2,
    rows: 200_000,
    seed: 1,
  });
});

test('every option is taken', () => {
  const args = ['--json', '--runs', '3', 'change-feed', '--seconds=0.5', '--rows', '10', '--seed', '0'];
  expect(parseOptions(args)).toEqual({
    name: 'change-feed',
    json: true,
    runs: 3,
    seconds: 0.5,
    rows: 10,
    seed: 0,
  });
});

test.each([
  [['nothing-like-it'], 'no benchmark nothing-like-it: choose event-store or '],
  [['constructor'], 'no benchmark constructor'],
  [['event-store', 'change-feed'], 'One benchmark at a time'],
  [['event-store', '--fast'], '--fast'],
  [['event-store', '--runs', '0'], '--runs takes a whole number from 1, not "0"'],
  [['event-store', '--runs', '2.5'], '--runs'],
  [['event-store', '--runs', '0x10'], '--runs'],
  [['event-store', '--seconds', '0'], '--seconds takes a number above 0'],
  [['event-store', '--seconds', 'soon'], 'not "soon"'],
  [['event-store', '--seed=-1'], '--seed'],
])('%j is refused with a reason', (args, reason) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(reason);
});

test('the list names exactly the benchmarks that there are', () => {
  const bench = new URL('../', import.meta.url);
  const found = readdirSync(bench).filter((name) => existsSync(new URL(`${name}/bench.ts`, bench)));
  expect(found.sort()).toEqual(Object.keys(benchmarks).sort());
  for (const name of found) expect(usage).toContain(name);
});
