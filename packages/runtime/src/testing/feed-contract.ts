import assert from 'node:assert/strict';
import type { Feed } from '../feed/feed.ts';
import { uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

/** A feed and how to make something appear in it. */
export interface FeedUnderTest<Entry extends { readonly position: bigint }> {
  readonly feed: Feed<Entry>;
  /** Where nothing of this test has happened yet. */
  readonly start: bigint;
  /** Commits one transaction that carries `label`. */
  readonly write: (label: string) => Promise<unknown>;
  /** The labels that an entry carries, in order; none for entries of other making. */
  readonly labelsOf: (entry: Entry) => readonly string[];
}

/** What was read, and after which position each batch left off. */
interface Reading {
  readonly labels: string[];
  readonly positions: bigint[];
}

async function readUntil<Entry extends { readonly position: bigint }>(
  { feed, labelsOf }: FeedUnderTest<Entry>,
  options: { after: bigint; limit?: number },
  enough: (labels: readonly string[]) => boolean,
): Promise<Reading> {
  const reading: Reading = { labels: [], positions: [] };
  let last = options.after;
  for await (const { entries, position } of feed.read(options)) {
    for (const entry of entries) {
      assert.ok(entry.position > options.after, `entry at ${entry.position} is not after ${options.after}`);
      assert.ok(entry.position >= last, `entry at ${entry.position} comes after one at ${last}`);
      assert.ok(
        entry.position <= position,
        `batch ends at ${position} before its entry at ${entry.position}`,
      );
      last = entry.position;
      reading.labels.push(...labelsOf(entry));
    }
    reading.positions.push(position);
    if (enough(reading.labels)) break;
  }
  return reading;
}

const labelled = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

/** What every feed must do. */
export function feedContract<Entry extends { readonly position: bigint }>(
  port: TestPort,
  makeFeed: Make<FeedUnderTest<Entry>>,
): void {
  const test = testWith(port, makeFeed);
  port.describe('a feed', () => {
    test('delivers what was written, in order', async (subject) => {
      const labels = labelled(7, uniqueName('ordered'));
      for (const label of labels) await subject.write(label);
      const read = await readUntil(subject, { after: subject.start, limit: 3 }, (seen) => seen.length >= 7);
      assert.deepEqual(read.labels, labels);
    });

    test('delivers what is written while it waits', async (subject) => {
      const label = uniqueName('awaited');
      const reading = readUntil(subject, { after: subject.start }, (seen) => seen.includes(label));
      await subject.write(label);
      assert.deepEqual((await reading).labels, [label]);
    });

    test('neither skips nor doubles an entry of many concurrent writers', async (subject) => {
      const prefix = uniqueName('concurrent');
      const writers = Array.from({ length: 8 }, (_, writer) => labelled(15, `${prefix} ${writer}`));
      const reading = readUntil(subject, { after: subject.start, limit: 4 }, (seen) => seen.length >= 120);
      const write = async (labels: string[]) => {
        for (const label of labels) await subject.write(label);
      };
      await Promise.all(writers.map(write));
      const { labels } = await reading;
      assert.deepEqual([...labels].sort(), writers.flat().sort());
      for (const own of writers)
        assert.deepEqual(
          labels.filter((label) => own.includes(label)),
          own,
        );
    });

    test('goes on after any position that a batch has ended at', async (subject) => {
      const labels = labelled(6, uniqueName('resumed'));
      for (const label of labels) await subject.write(label);
      const whole = await readUntil(subject, { after: subject.start, limit: 1 }, (seen) => seen.length >= 6);
      for (const after of whole.positions) {
        const last = uniqueName('last');
        await subject.write(last);
        labels.push(last);
        const rest = await readUntil(subject, { after }, (seen) => seen.includes(last));
        const before = await readUntil(subject, { after: subject.start }, (seen) => seen.includes(last));
        assert.deepEqual(before.labels, labels);
        assert.deepEqual(rest.labels, labels.slice(labels.length - rest.labels.length));
      }
    });

    test('ends without an error when its signal aborts, while it waits and before it begins', async (subject) => {
      const ending = new AbortController();
      const label = uniqueName('ended');
      await subject.write(label);
      const seen: string[] = [];
      for await (const { entries } of subject.feed.read({ after: subject.start, signal: ending.signal })) {
        seen.push(...entries.flatMap(subject.labelsOf));
        if (seen.includes(label)) setImmediate(() => ending.abort());
      }
      assert.deepEqual(seen, [label]);
      for await (const batch of subject.feed.read({ after: subject.start, signal: ending.signal }))
        assert.fail(`read ${batch.entries.length} entries after the abort`);
    });
  });
}
