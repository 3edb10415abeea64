import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Conflict } from '../errors/errors.ts';
import { labelOf, sampleEvents } from '../testing/sample-events.ts';
import type { ExpectedVersion } from './event-store.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';

const expected = fc.oneof(fc.constantFrom<ExpectedVersion[]>('any', 'absent', 'present'), fc.nat({ max: 4 }));
const labels = fc.array(fc.string(), { minLength: 1, maxLength: 3 });
const append = fc.record({ streamId: fc.constantFrom('a', 'b', 'c'), expected, labels });
const appends = fc.uniqueArray(append, { selector: ({ streamId }) => streamId, minLength: 1, maxLength: 3 });

/** What the words of the port say, as plainly as possible. */
function accepts(version: number, expectation: ExpectedVersion): boolean {
  const rules = { any: true, absent: version === 0, present: version !== 0 };
  return typeof expectation === 'number' ? version === expectation : rules[expectation];
}

test('the store is at every time what a list of appended labels says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(appends, { maxLength: 20 }), async (history) => {
      const store = new InMemoryEventStore();
      const model: { streamId: string; label: string }[] = [];
      const versionOf = (streamId: string) => model.filter((event) => event.streamId === streamId).length;
      for (const batch of history) {
        const attempt = store.append(
          batch.map((each) => ({ ...each, events: sampleEvents(...each.labels) })),
        );
        if (batch.every((each) => accepts(versionOf(each.streamId), each.expected))) {
          for (const each of batch)
            model.push(...each.labels.map((label) => ({ streamId: each.streamId, label })));
          const versions = batch.map((each) => versionOf(each.streamId));
          expect(await attempt).toEqual({ versions, position: BigInt(model.length) });
        } else {
          await expect(attempt).rejects.toBeInstanceOf(Conflict);
        }
        expect(await store.head()).toBe(BigInt(model.length));
      }
      if (model.length === 0) return;
      for await (const { entries } of store.read({ after: 0n, limit: 1_000 })) {
        expect(entries.map((event) => ({ streamId: event.streamId, label: labelOf(event) }))).toEqual(model);
        break;
      }
    }),
  );
});
