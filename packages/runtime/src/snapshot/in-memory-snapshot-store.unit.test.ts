import { describe, test } from 'vitest';
import { snapshotStoreContract } from '../testing/snapshot-store-contract.ts';
import { InMemorySnapshotStore } from './in-memory-snapshot-store.ts';

snapshotStoreContract({ describe, test }, () => new InMemorySnapshotStore());
