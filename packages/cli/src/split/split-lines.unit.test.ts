import { stripVTControlCharacters as plain } from 'node:util';
import { expect, test } from 'vitest';
import type { SplitView } from '../ledger/splits/split-view.ts';
import { type SplitStatus, statusLines } from './split-lines.ts';

const feed = {
  publication: true,
  slot: true,
  slotStatus: 'reserved',
  subscription: true,
  running: false,
  tables: 2,
  ready: 2,
  errors: 0,
  retainedBytes: 0,
} as const;

/** A split that is under way. */
function statusWith(changes: Partial<SplitStatus['feeds']['target']>): SplitStatus {
  return {
    split: 'lands',
    view: { status: 'running', owner: 'source', steps: {}, changes: [] } as unknown as SplitView,
    feeds: {
      target: { ...feed, ...changes },
      source: { ...feed, publication: false, slot: false, subscription: false },
    },
    tables: [],
    refused: { source: 0, target: 0 },
    copies: [],
    answers: [],
    sagas: [],
  };
}

/** The line about the feed into the target. */
function feedLine(changes: Partial<SplitStatus['feeds']['target']>): string | undefined {
  return statusLines(statusWith(changes)).find((line) => line.includes('feed into the target'));
}

test('a feed that fails tells where it is said why, which a server does of its own replication in its log only', () => {
  expect(feedLine({ errors: 0 })).toMatch(/kept for it$/);
  expect(feedLine({ errors: 1 })).toMatch(/, 1 error so far; the log of the target's server says why$/);
  expect(feedLine({ errors: 1_032 })).toMatch(/, 1,032 errors so far/);
  expect(feedLine({ errors: 1, error: 'no such article' })).toMatch(/kept for it; no such article$/);
});

test('a saga tells how many rows wait for the other side, up to a limit, or why they can not be counted', () => {
  const saga = { table: 'public.orders', open: `status = 'placed'` };
  const sagas = [
    { ...saga, rows: 0, more: false },
    { ...saga, rows: 1, more: false },
    { ...saga, rows: 10_000, more: true },
    { ...saga, why: 'column "status" does not exist' },
  ];
  expect(
    statusLines({ ...statusWith({}), sagas })
      .slice(-4)
      .map(plain),
  ).toEqual([
    "  ✓ public.orders (transactions: saga) has no row with status = 'placed'",
    "  ! public.orders (transactions: saga) has 1 row with status = 'placed'",
    "  ! public.orders (transactions: saga) has more than 10,000 rows with status = 'placed'",
    `  ! public.orders (transactions: saga) can't be counted: column "status" does not exist`,
  ]);
});
