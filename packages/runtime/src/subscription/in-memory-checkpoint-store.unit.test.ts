import { describe, test } from 'vitest';
import { checkpointStoreContract } from '../testing/checkpoint-store-contract.ts';
import { InMemoryCheckpointStore } from './in-memory-checkpoint-store.ts';

checkpointStoreContract({ describe, test }, () => {
  const values: string[] = [];
  return {
    store: new InMemoryCheckpointStore(),
    write: async (tx, value) => tx.onCommit(() => values.push(value)),
    written: async (prefix) => values.filter((value) => value.startsWith(prefix)),
  };
});
