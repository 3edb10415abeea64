import { describe, expect, test } from 'vitest';
import type { Feed, FeedBatch } from '../feed/feed.ts';
import type { ChangeEntry } from '../feed/row-change.ts';
import { WakeUp } from '../timing/wake-up.ts';
import { InMemoryCheckpointStore, type InMemoryTransaction } from './in-memory-checkpoint-store.ts';
import { type RowEntry, rowChangesOf, subscribeToChanges } from './subscribe-to-changes.ts';

const NAME = 'rows';
const start: ChangeEntry = { kind: 'snapshot-start', position: 10n, tables: ['public.item'] };
const rows = (...ids: string[]): ChangeEntry => ({
  kind: 'snapshot-rows',
  position: 10n,
  table: 'public.item',
  rows: ids.map((id) => ({ id })),
});
const end: ChangeEntry = { kind: 'snapshot-end', position: 10n };
const inserted = (position: bigint, id: string): ChangeEntry => ({
  kind: 'transaction',
  position,
  committedAt: new Date(0),
  changes: [{ op: 'insert', table: 'public.item', row: { id } }],
});

/** Delivers the given batches where they come after the position asked for, then waits. */
function feedOf(batches: FeedBatch<ChangeEntry>[], reads: bigint[] = []): Feed<ChangeEntry> {
  return {
    async *read({ after, signal }) {
      reads.push(after);
      for (const batch of batches)
        if (batch.position > after || (after === 0n && batch.position === 0n)) yield batch;
      await new WakeUp().wait({ signal });
    },
  };
}

function setUp(feed: Feed<ChangeEntry>) {
  const checkpoints = new InMemoryCheckpointStore();
  const kept: string[] = [];
  const handle = async (entries: readonly RowEntry[], tx: InMemoryTransaction) => {
    const ids = entries.flatMap(rowChangesOf).map((change) => ('row' in change ? change.row.id! : change.op));
    tx.onCommit(() => kept.push(...ids));
  };
  const reset = async (tx: InMemoryTransaction) => tx.onCommit(() => kept.splice(0));
  const follow = () => subscribeToChanges({ name: NAME, feed, checkpoints, handle, reset });
  const reached = (position: bigint) =>
    expect.poll(async () => (await checkpoints.load(NAME)).position, { interval: 5 }).toBe(position);
  return { checkpoints, kept, follow, reached };
}

describe('a subscription to changes', () => {
  test.each([
    ['in batches of one', [start, rows('a'), rows('b'), end, inserted(11n, 'c'), inserted(12n, 'd')], 1],
    ['in one batch', [start, rows('a'), rows('b'), end, inserted(11n, 'c'), inserted(12n, 'd')], 6],
  ])('loads a snapshot and follows it, %s', async (_, entries, size) => {
    const batches: FeedBatch<ChangeEntry>[] = [];
    for (let at = 0; at < entries.length; at += size) {
      const part = entries.slice(at, at + size);
      const last = part.at(-1)!;
      batches.push({
        entries: part,
        position: last.kind.endsWith('start') || last.kind.endsWith('rows') ? 0n : last.position,
      });
    }
    const { follow, reached, kept } = setUp(feedOf(batches));
    await using subscription = follow();
    await reached(12n);
    expect(kept).toEqual(['a', 'b', 'c', 'd']);
    void subscription;
  });

  test('forgets half a snapshot when it begins again', async () => {
    const batches = [
      { entries: [start, rows('a', 'b')], position: 0n },
      { entries: [start, rows('a')], position: 0n },
      { entries: [rows('c'), end], position: 10n },
    ];
    const { follow, reached, kept } = setUp(feedOf(batches));
    await using subscription = follow();
    await reached(10n);
    expect(kept).toEqual(['a', 'c']);
    void subscription;
  });

  test('does not count a snapshot as reached while a hold lies before it', async () => {
    const { follow, reached, checkpoints, kept } = setUp(
      feedOf([{ entries: [start, rows('a'), end, inserted(11n, 'b')], position: 11n }]),
    );
    await checkpoints.control(NAME, { holdAt: 5n });
    await using subscription = follow();
    await expect.poll(() => kept).toEqual(['a']);
    await checkpoints.changed(NAME, 20);
    expect((await checkpoints.load(NAME)).position).toBe(0n);
    await checkpoints.control(NAME, { holdAt: 10n });
    await reached(10n);
    expect(kept).toEqual(['a']);
    await checkpoints.control(NAME, { holdAt: null });
    await reached(11n);
    expect(kept).toEqual(['a', 'b']);
    void subscription;
  });

  test('follows an idle source to where an empty batch says, and up to a hold', async () => {
    const { follow, reached, checkpoints } = setUp(feedOf([{ entries: [], position: 20n }]));
    await checkpoints.control(NAME, { holdAt: 15n });
    await using subscription = follow();
    await reached(15n);
    await checkpoints.control(NAME, { holdAt: null });
    await reached(20n);
    void subscription;
  });
});
