import type { StreamAppend } from '@banyan/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AppendRow } from './append-batch.ts';
import { type Batch, GroupCommit } from './group-commit.ts';

interface Call {
  readonly appends: readonly (readonly { s: string; e: readonly { d: number }[] }[])[];
  /** Answers as the database would: everything was appended. */
  answer(): void;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Keeps each call until it is answered. */
function database() {
  const underWay: Call[] = [];
  const written = new Map<string, number[]>();
  let most = 0;
  const send = ({ appends: text, distinct }: Batch) =>
    new Promise<readonly AppendRow[]>((resolve) => {
      const parts = JSON.parse(text);
      const appends: Call['appends'] = distinct ? parts.map((part: unknown) => [part]) : parts;
      const call: Call = {
        appends,
        answer() {
          underWay.splice(underWay.indexOf(call), 1);
          const rows: AppendRow[] = [];
          appends.forEach((append, index) => {
            append.forEach(({ s, e }, part) => {
              const stream = [...(written.get(s) ?? []), ...e.map(({ d }) => d)];
              written.set(s, stream);
              const place = { append: index + 1, stream: part + 1, at_position: '1', outcome: null };
              rows.push({ ...place, at_version: stream.length });
            });
          });
          resolve(rows);
        },
      };
      underWay.push(call);
      most = Math.max(most, underWay.length);
    });
  return { send, underWay, written, most: () => most };
}

function appendOf(streams: readonly string[], label: number): readonly StreamAppend[] {
  const metadata = { id: 'm', correlationId: 'm', at: '2026-01-01T00:00:00Z' } as never;
  const event = { type: 'Said', schemaVersion: 1, data: label, metadata };
  return streams.map((streamId) => ({ streamId, expected: 'any', events: [event] }));
}

const asked = fc.uniqueArray(fc.integer({ min: 0, max: 40 }).map(String), { minLength: 1, maxLength: 2 });

test('appends to one stream are written in the order in which they were asked for, whichever call returns first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(asked, { maxLength: 200 }),
      fc.infiniteStream(fc.nat()),
      async (all, random) => {
        const { send, underWay, written, most } = database();
        const commits = new GroupCommit(send);
        const wanted = new Map<string, number[]>();
        const results: Promise<unknown>[] = [];
        const pick = (below: number) => (random.next().value as number) % below;
        while (results.length < all.length || underWay.length > 0) {
          for (let burst = pick(160); burst > 0 && results.length < all.length; burst -= 1) {
            const streams = all[results.length]!;
            for (const stream of streams) wanted.set(stream, [...(wanted.get(stream) ?? []), results.length]);
            results.push(commits.append(appendOf(streams, results.length)));
          }
          if (underWay.length > 0) underWay[pick(underWay.length)]!.answer();
          await settled();
          await settled();
        }
        await Promise.all(results);
        expect(written).toEqual(wanted);
        expect(most()).toBeLessThanOrEqual(2);
      },
    ),
    { numRuns: 100 },
  );
});

test('many go in two calls, few in one', async () => {
  const few = database();
  const commits = new GroupCommit(few.send);
  const appendAll = (count: number, group: GroupCommit) =>
    Array.from({ length: count }, (_, index) => group.append(appendOf([`${index}`], index)));
  const first = appendAll(51, commits);
  expect(few.underWay.map(({ appends }) => appends.length)).toEqual([1]);
  few.underWay[0]!.answer();
  await settled();
  expect(few.underWay.map(({ appends }) => appends.length)).toEqual([50]);
  few.underWay[0]!.answer();
  await Promise.all(first);

  const many = database();
  const second = appendAll(81, new GroupCommit(many.send));
  many.underWay[0]!.answer();
  await settled();
  expect(many.underWay.map(({ appends }) => appends.length)).toEqual([40, 40]);
  while (many.underWay.length > 0) {
    many.underWay[0]!.answer();
    await settled();
    await settled();
  }
  await Promise.all(second);
  expect(many.most()).toBe(2);
});
