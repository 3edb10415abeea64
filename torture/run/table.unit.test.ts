import { describe, expect, test } from 'vitest';
import { formatTable, type Outcome } from './table.ts';

const candidates = [
  { name: 'banyan', about: 'ours' },
  { name: 'naive', about: 'theirs' },
];
const outcome = (candidate: string, verdict: Outcome['verdict']): Outcome => ({
  case: 'commit-order',
  about: 'a sentence that is long enough to need a second line because the first has eighty columns',
  candidate,
  version: '1',
  verdict,
  finding: `${'many words '.repeat(12)}in the end`,
  seconds: 1,
});
const outcomes = [outcome('banyan', 'passes'), outcome('naive', 'skips')];

describe('the table', () => {
  test('fits 80 columns, and has a verdict for each candidate', () => {
    const lines = formatTable(outcomes, candidates, { color: false, seed: 7 }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(/^commit-order +passes +skips$/);
    expect(lines.at(-1)).toBe('seed 7');
  });

  test('colours only when asked to', () => {
    expect(formatTable(outcomes, candidates, { color: true, seed: 7 })).toContain('\u001b[31mskips');
    expect(formatTable(outcomes, candidates, { color: false, seed: 7 })).not.toContain('\u001b');
  });
});
