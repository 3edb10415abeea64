import { expect, test } from 'vitest';
import { cases } from '../cases/cases.ts';
import { parseOptions, UsageError, usage } from './options.ts';

test('runs every case with any seed when nothing is said', () => {
  const { only, seed, json } = parseOptions([], 42);
  expect(only).toEqual(cases.map(({ name }) => name));
  expect([seed, json]).toEqual([42, false]);
});

test('takes a seed, cases and json', () => {
  const options = parseOptions(['--seed', '7', '--only', 'commit-order, racing-creates', '--json'], 42);
  expect(options).toMatchObject({ seed: 7, json: true, only: ['commit-order', 'racing-creates'] });
});

test.each([
  [['--seed', 'x'], '"x"'],
  [['--only', 'commit-odor'], 'commit-order'],
  [['--wrong'], '--wrong'],
])('%j is refused with the reason', (args, reason) => {
  expect(() => parseOptions(args, 1)).toThrow(UsageError);
  expect(() => parseOptions(args, 1)).toThrow(reason);
});

test('the help fits 80 columns and names every case', () => {
  expect(Math.max(...usage.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const { name } of cases) expect(usage).toContain(`\n  ${name}\n`);
});
