import { describe, test } from 'vitest';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { InMemorySnapshotStore } from '../snapshot/in-memory-snapshot-store.ts';
import { aggregateHandlerContract } from '../testing/commands/aggregate-handler-contract.ts';

aggregateHandlerContract(
  { describe, test },
  () => ({ store: new InMemoryEventStore(), snapshots: new InMemorySnapshotStore() }),
  { runs: 25 },
);
