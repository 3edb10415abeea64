import { describe, test } from 'vitest';
import { eventRemovalContract } from '../testing/event-removal-contract.ts';
import { eventStoreContract } from '../testing/event-store-contract.ts';
import { feedContract } from '../testing/feed-contract.ts';
import { labelOf, sampleEvents } from '../testing/sample-events.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';

eventStoreContract({ describe, test }, () => new InMemoryEventStore());

feedContract({ describe, test }, async () => {
  const store = new InMemoryEventStore();
  const write = (label: string) =>
    store.append([{ streamId: 'feed', expected: 'any', events: sampleEvents(label) }]);
  await write('before');
  return { feed: store, start: await store.head(), write, labelsOf: (event) => [labelOf(event)] };
});

eventRemovalContract({ describe, test }, () => {
  let passed = 0;
  const store = new InMemoryEventStore({ now: () => new Date(Date.now() + passed) });
  const age = (ms: number) => {
    passed += ms;
  };
  return { store, age };
});
