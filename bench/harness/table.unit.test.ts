import { expect, test } from 'vitest';
import type { Row } from './compare.ts';
import { formatRow } from './table.ts';

const row: Row = {
  work: 'append one event, 32 callers',
  unit: 'appends/s',
  ours: 12_345.6,
  peers: { emmett: 1020, 'a peer with a name that is much too long': 9_999_999 },
  ratios: { emmett: 12.1, 'a peer with a name that is much too long': 0.001 },
  spread: {
    ours: [12_000, 13_000],
    emmett: [900, 1100],
    'a peer with a name that is much too long': [9_999_998, 9_999_999],
  },
  latency: { ours: [1.23, 45.6], emmett: [100.1, 2000.5] },
  processor: { ours: [50, 60.1], emmett: [800.5, 700], 'a peer with a name that is much too long': [1, 2] },
  runs: 5,
};

test('a table fits into 80 columns, whatever the names and numbers', () => {
  for (const line of formatRow(row).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('a table says the rate, the spread and the ratio of each contestant', () => {
  const lines = formatRow(row).split('\n');
  expect(lines[0]).toBe('append one event, 32 callers (appends/s, median of 5)');
  expect(lines[2]).toMatch(/^ {2}ours +12,346 +12,000 \.\. 13,000$/);
  expect(lines[5]).toBe('  p50 / p99 ms: ours 1.23 / 45.6, emmett 100.1 / 2000.5');
  expect(lines[6]).toBe('  CPU µs, node + server: ours 50 + 60.1, emmett 800.5 + 700,');
  expect(lines[3]).toMatch(/^ {2}emmett +1,020 +900 \.\. 1,100 +12\.10 x$/);
});
