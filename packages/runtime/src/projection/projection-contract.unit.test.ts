import { describe, test } from 'vitest';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { InMemoryCheckpointStore } from '../subscription/in-memory-checkpoint-store.ts';
import { projectionContract } from '../testing/projection-contract.ts';

projectionContract({ describe, test }, () => {
  const values = new Map<number, string>();
  const matching = (prefix: string) => [...values].filter(([, value]) => value.startsWith(prefix));
  let next = 0;
  return {
    store: new InMemoryEventStore(),
    checkpoints: new InMemoryCheckpointStore(),
    write: async (tx, value) => {
      tx.onCommit(() => {
        next += 1;
        values.set(next, value);
      });
    },
    clear: async (tx, prefix) => {
      tx.onCommit(() => {
        for (const [number] of matching(prefix)) values.delete(number);
      });
    },
    written: async (prefix) => matching(prefix).map(([, value]) => value),
  };
});
