import { describe, test } from 'vitest';
import { InMemoryCheckpointStore } from '../subscription/in-memory-checkpoint-store.ts';
import { inlineProjectionContract } from '../testing/inline-projection-contract.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';

inlineProjectionContract({ describe, test }, async () => {
  const checkpoints = new InMemoryCheckpointStore();
  const values: string[] = [];
  return {
    storeWith: (projections) => new InMemoryEventStore({ inline: { projections, checkpoints } }),
    checkpoints,
    write: async (tx, value) => tx.onCommit(() => values.push(value)),
    written: async (prefix) => values.filter((value) => value.startsWith(prefix)),
  };
});
