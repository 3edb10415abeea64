import { expect, test } from 'vitest';
import { type CopyState, nextMove } from './next-move.ts';

const bare = (state: string | null, working = false) => ({ name: '"a"."b"', state, working });
const stands = (change: Partial<CopyState>): CopyState => ({
  enabled: true,
  enabledMs: 0,
  waiting: 0,
  working: 0,
  workers: 2,
  bare: [],
  ...change,
});

test.each<[string, Partial<CopyState>, string]>([
  ['tables that are to be copied are waited for', { bare: [bare('i')], waiting: 1 }, 'wait'],
  ['a rest ends when nothing is copied', { enabled: false, bare: [bare('i')], waiting: 1 }, 'enable'],
  ['a rest that somebody was killed in ends', { enabled: false }, 'enable'],
  ['others may start to be copied', { bare: [bare('d', true)], working: 1, waiting: 1 }, 'wait'],
  ['once all are, it rests', { bare: [bare('d', true)], working: 1 }, 'disable'],
  ['or when no more workers may', { bare: [bare('d', true)], working: 2, waiting: 5 }, 'disable'],
  [
    'or when no more workers do',
    { bare: [bare('d', true)], working: 1, waiting: 5, enabledMs: 3_000 },
    'disable',
  ],
  ['while it rests they copy', { enabled: false, bare: [bare('d', true)], working: 1 }, 'wait'],
  ['a table that is copied must not catch up', { bare: [bare('f', true)], working: 1 }, 'disable'],
  ['one that somebody works on is left', { enabled: false, bare: [bare('f', true)] }, 'wait'],
  ['then its indexes are made', { enabled: false, bare: [bare('d', true), bare('f')] }, 'build'],
  ['also where it came through without them', { enabled: false, bare: [bare('r')] }, 'build'],
])('%s', (_, change, kind) => {
  expect(nextMove(stands(change)).kind).toBe(kind);
});
