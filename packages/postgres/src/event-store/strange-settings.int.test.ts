import {
  checkpointStoreContract,
  collectStream,
  deadLetterStoreContract,
  eventStoreContract,
  feedContract,
  labelOf,
  leaseStoreContract,
  projectionContract,
  sampleEvents,
  snapshotStoreContract,
  uniqueName,
} from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { connect } from '../connect.ts';
import { postgresDeadLetterStore } from '../dead-letter/postgres-dead-letter-store.ts';
import { postgresLeaseStore } from '../lease/postgres-lease-store.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { postgresSnapshotStore } from '../snapshot/postgres-snapshot-store.ts';
import { type TestDatabase, testDatabase } from '../testing/test-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

/** What somebody may have set for a database long before we came. */
const settings: Readonly<Record<string, string>> = {
  default_transaction_isolation: `'serializable'`,
  datestyle: `'German, DMY'`,
  timezone: `'Asia/Kathmandu'`,
  intervalstyle: `'iso_8601'`,
  bytea_output: `'escape'`,
  extra_float_digits: '0',
  standard_conforming_strings: 'off',
  search_path: 'nowhere, public',
  array_nulls: 'off',
  transform_null_equals: 'on',
  lock_timeout: '20000',
  idle_in_transaction_session_timeout: '20000',
};

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await testDatabase();
  const before = connect(database.url);
  for (const [name, value] of Object.entries(settings))
    await before.query(`alter database ${quoteIdentifier(database.name)} set ${name} = ${value}`);
  await before.query('create table public.written (number bigint generated always as identity, value text)');
  await before.end();
  pool = connect(database.url);
  await prepareDatabase(pool);
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const port = { describe, test };
const readModel = {
  write: async (tx: pg.PoolClient, value: string) => {
    await tx.query('insert into written (value) values ($1)', [value]);
  },
  clear: async (tx: pg.PoolClient, prefix: string) => {
    await tx.query('delete from written where starts_with(value, $1)', [prefix]);
  },
  written: async (prefix: string) => {
    const text = 'select value from written where starts_with(value, $1) order by number';
    return (await pool.query<{ value: string }>(text, [prefix])).rows.map(({ value }) => value);
  },
};

describe('in a database with settings of its own', () => {
  eventStoreContract(port, () => postgresEventStore(pool));
  feedContract(port, async () => {
    const store = postgresEventStore(pool);
    return {
      feed: store,
      start: await store.head(),
      write: (label) =>
        store.append([{ streamId: uniqueName('feed'), expected: 'any', events: sampleEvents(label) }]),
      labelsOf: (event) => [labelOf(event)],
    };
  });
  checkpointStoreContract(port, () => ({
    store: postgresCheckpointStore(pool),
    leases: postgresLeaseStore(pool),
    ...readModel,
  }));
  projectionContract(port, () => ({
    store: postgresEventStore(pool),
    checkpoints: postgresCheckpointStore(pool),
    ...readModel,
  }));
  leaseStoreContract(port, () => ({ store: postgresLeaseStore(pool) }));
  snapshotStoreContract(port, () => postgresSnapshotStore(pool));
  deadLetterStoreContract(port, () => ({
    checkpoints: postgresCheckpointStore(pool),
    deadLetters: postgresDeadLetterStore(pool, { limit: 5 }),
    limit: 5,
  }));

  test('appends with and without a command id share a commit, and none is taken for another', async () => {
    const store = postgresEventStore(pool);
    const streams = Array.from({ length: 40 }, () => uniqueName('mixed'));
    const results = await Promise.all(
      streams.map((streamId, index) =>
        store.append(
          [{ streamId, expected: 'absent', events: sampleEvents(streamId) }],
          index % 2 === 0 ? { commandId: streamId } : {},
        ),
      ),
    );
    expect(results.filter(({ repeated }) => repeated)).toEqual([]);
    for (const streamId of streams)
      expect((await collectStream(store, streamId)).map(labelOf)).toEqual([streamId]);
  });

  test('what joins a transaction of the caller comes into the log', async () => {
    const store = postgresEventStore(pool);
    const [streamId, start] = [uniqueName('joined'), await store.head()];
    const append = { streamId, expected: 'any', events: sampleEvents('joined') } as const;
    await store.appendWithin(pool, [append]);
    for await (const { entries } of store.read({ after: start })) {
      if (entries.length === 0) continue;
      expect(entries.map((event) => event.streamId)).toEqual([streamId]);
      break;
    }
  });
});
