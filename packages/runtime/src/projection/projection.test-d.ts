import { z } from 'zod';
import { contract } from '../contract/contract.ts';
import { versioned } from '../contract/versioned.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { InMemoryCheckpointStore } from '../subscription/in-memory-checkpoint-store.ts';
import { project, projection } from './projection.ts';

const counted = z.object({ count: z.number() });
const plain = contract({ commands: {}, events: { Liked: counted } }).events;
const changed = contract({
  commands: {},
  events: {
    Liked: versioned(counted, { version: 2, upcast: { 1: (data: { n: number }) => ({ count: data.n }) } }),
    Read: z.object({}),
  },
}).events;

const reset = async () => {};

export const simple = projection<typeof plain, unknown>({
  name: 'likes',
  on: { Liked: async ({ data }) => void data.count.toFixed() },
  reset,
});

export const whole = projection<typeof changed, unknown>({
  name: 'likes',
  events: changed,
  on: { Liked: async ({ data }) => void data.count.toFixed() },
  reset,
});

// @ts-expect-error a versioned event, and nothing to bring older ones up to date with
projection<typeof changed, unknown>({ name: 'likes', on: { Liked: async () => {} }, reset });

// @ts-expect-error a handler for an event that the contract does not know
projection<typeof plain, unknown>({ name: 'likes', on: { Burnt: async () => {} }, reset });

projection<typeof plain, unknown>({
  name: 'likes',
  // @ts-expect-error a payload that the event does not have
  on: { Liked: async ({ data }) => void data.text },
  reset,
});

projection<typeof plain, unknown>({
  name: 'likes',
  // @ts-expect-error a handler that is no promise, and would not be waited for
  on: { Liked: ({ data }) => data.count },
  reset,
});

// @ts-expect-error no way to empty the read model
projection<typeof plain, unknown>({ name: 'likes', on: {} });

const inSql = projection<typeof plain, { query(sql: string): Promise<void> }>({
  name: 'likes',
  on: { Liked: async (_event, tx) => tx.query('select 1') },
  reset,
});
// @ts-expect-error a checkpoint store with transactions of another kind
project(inSql, { feed: new InMemoryEventStore(), checkpoints: new InMemoryCheckpointStore() });
