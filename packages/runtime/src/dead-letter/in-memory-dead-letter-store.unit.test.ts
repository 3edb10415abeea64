import { describe, test } from 'vitest';
import { InMemoryCheckpointStore } from '../subscription/in-memory-checkpoint-store.ts';
import { deadLetterStoreContract } from '../testing/dead-letter-store-contract.ts';
import { InMemoryDeadLetterStore } from './in-memory-dead-letter-store.ts';

deadLetterStoreContract({ describe, test }, () => ({
  checkpoints: new InMemoryCheckpointStore(),
  deadLetters: new InMemoryDeadLetterStore({ limit: 5 }),
  limit: 5,
}));
