import { describe, test } from 'vitest';
import { InMemoryLeaseStore } from '../lease/in-memory-lease-store.ts';
import { checkpointStoreContract } from '../testing/checkpoint-store-contract.ts';
import { InMemoryCheckpointStore } from './in-memory-checkpoint-store.ts';

checkpointStoreContract({ describe, test }, () => {
  const values: string[] = [];
  const leases = new InMemoryLeaseStore();
  return {
    leases,
    store: new InMemoryCheckpointStore({ leases }),
    write: async (tx, value) => tx.onCommit(() => values.push(value)),
    written: async (prefix) => values.filter((value) => value.startsWith(prefix)),
  };
});
