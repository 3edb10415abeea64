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

/** The line about the feed into the target of a split that is under way. */
function feedLine(changes: Partial<SplitStatus['feeds']['target']>): string | undefined {
  const status = {
    split: 'lands',
    view: { status: 'running', owner: 'source', steps: {}, changes: [] } as unknown as SplitView,
    feeds: {
      target: { ...feed, ...changes },
      source: { ...feed, publication: false, slot: false, subscription: false },
    },
    tables: [],
    refused: { source: 0, target: 0 },
    copies: [],
  } satisfies SplitStatus;
  return statusLines(status).find((line) => line.includes('feed into the target'));
}

test('a feed that fails tells where it is said why, which a server does of its own replication in its log only', () => {
  expect(feedLine({ errors: 0 })).toMatch(/kept for it$/);
  expect(feedLine({ errors: 1 })).toMatch(/, 1 error so far; the log of the target's server says why$/);
  expect(feedLine({ errors: 1_032 })).toMatch(/, 1,032 errors so far/);
  expect(feedLine({ errors: 1, error: 'no such article' })).toMatch(/kept for it; no such article$/);
});
