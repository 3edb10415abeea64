import assert from 'node:assert/strict';
import type { EventStore } from '../event-store/event-store.ts';
import type { FeedFilter } from '../feed/feed-filter.ts';
import { labelOf, sampleEvents, uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

/** What a filter lets through, and that reading goes on past the rest. */
export function eventStoreFilters(port: TestPort, makeStore: Make<EventStore>): void {
  const test = testWith(port, makeStore);

  test('delivers the types, categories and streams that a filter names', async (store) => {
    const category = uniqueName('c').replaceAll('-', '');
    const [one, two, other] = [`${category}-1`, `${category}-2-b`, uniqueName('other')];
    const after = await store.head();
    for (const [streamId, label] of [
      [one, 'a'],
      [two, 'b'],
      [other, 'c'],
      [category, 'd'],
      [one, 'e'],
    ] as const) {
      const [event] = sampleEvents(label);
      await store.append([{ streamId, expected: 'any', events: [{ ...event!, type: `Type${label}` }] }]);
    }
    const read = (filter: FeedFilter) => labelsUpToHead(store, after, filter);
    assert.deepEqual(await read({}), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(await read({ categories: [category] }), ['a', 'b', 'd', 'e']);
    assert.deepEqual(await read({ streams: [one, other] }), ['a', 'c', 'e']);
    assert.deepEqual(await read({ types: ['Typeb', 'Typee', 'Typex'] }), ['b', 'e']);
    assert.deepEqual(await read({ types: ['Typea', 'Typeb'], streams: [one] }), ['a']);
    assert.deepEqual(await read({ types: [] }), []);
    assert.deepEqual(await read({ categories: ['no such % category'] }), []);
  });

  test('delivers what a filter names while it waits, and tells how far it has read past the rest', async (store) => {
    const [wanted, other] = [uniqueName('wanted'), uniqueName('other')];
    const append = (streamId: string) =>
      store.append([{ streamId, expected: 'any', events: sampleEvents(streamId) }]);
    const start = await store.head();
    let past = start;
    const reading = (async () => {
      for await (const { entries, position } of store.read({ after: start, filter: { streams: [wanted] } })) {
        if (entries.length > 0) return entries.map(labelOf);
        past = position;
        await append(wanted);
      }
      return [];
    })();
    const { position } = await append(other);
    assert.deepEqual(await reading, [wanted]);
    assert.equal(past, position);
  });
}

async function labelsUpToHead(store: EventStore, after: bigint, filter: FeedFilter): Promise<string[]> {
  const head = await store.head();
  const labels: string[] = [];
  for await (const { entries, position } of store.read({ after, limit: 2, filter })) {
    labels.push(...entries.map(labelOf));
    if (position >= head) break;
  }
  return labels;
}
