import { describe, test } from 'vitest';
import { leaseStoreContract } from '../testing/lease-store-contract.ts';
import { InMemoryLeaseStore } from './in-memory-lease-store.ts';

leaseStoreContract({ describe, test }, () => ({ store: new InMemoryLeaseStore() }));
