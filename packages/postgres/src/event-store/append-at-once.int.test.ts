import { projection } from '@banyan/runtime';
import { collectStream, sampleEvents } from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { forgetStreams } from '../removal/forget-streams.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { inTransaction } from '../transaction.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeEach(async () => {
  database = await preparedDatabase();
  await database.pool.query('create table labels (label text)');
});
afterEach(() => database[Symbol.asyncDispose]());

const labels = projection<Record<string, never>, pg.PoolClient>({
  name: 'labels',
  on: {
    Sampled: async ({ data }: { data: { label: string } }, tx: pg.PoolClient) => {
      if (data.label === 'bad') throw new Error('no such label');
      await tx.query('insert into labels values ($1)', [data.label]);
    },
  } as never,
  reset: async () => {},
});

const append = (streamId: string, expected: 'any' | 'absent' | number, ...given: string[]) => ({
  streamId,
  expected,
  events: sampleEvents(...given),
});
const labelsThere = async () =>
  (await database.pool.query<{ label: string }>('select label from labels order by label')).rows.map(
    ({ label }) => label,
  );

describe('an append in a transaction at once', () => {
  test('is committed with everything else and what inline projections make, or not at all', async () => {
    const { pool } = database;
    const store = postgresEventStore(pool, { inline: [labels] });
    const results = await inTransaction(pool, async (client) => {
      await client.query(`insert into labels values ('own')`);
      return [
        await store.appendAtOnce(client, [append('a', 'absent', 'x', 'y'), append('b', 'any', 'z')]),
        await store.appendAtOnce(client, [append('a', 2, 'w')]),
      ];
    });
    expect(results.map(({ versions }) => versions)).toEqual([[2, 1], [3]]);
    expect(await labelsThere()).toEqual(['own', 'w', 'x', 'y', 'z']);
    const given = inTransaction(pool, async (client) => {
      await store.appendAtOnce(client, [append('a', 'any', 'lost')]);
      throw new Error('thought better of it');
    });
    await expect(given).rejects.toThrow('thought better of it');
    expect((await collectStream(store, 'a')).map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(await labelsThere()).toHaveLength(5);
  });

  test('is refused where a stream is not as expected, a projection fails, or its transaction could not see what others commit', async () => {
    const { pool } = database;
    const store = postgresEventStore(pool, { inline: [labels] });
    const given = (...appends: ReturnType<typeof append>[]) =>
      inTransaction(pool, (client) => store.appendAtOnce(client, appends));
    await expect(given(append('a', 7, 'x'))).rejects.toMatchObject({ code: 'stream-conflict' });
    await expect(given(append('a', 'any', 'bad'))).rejects.toThrow('no such label');
    const repeatable = inTransaction(
      pool,
      (client) => store.appendAtOnce(client, [append('a', 'any', 'x')]),
      'begin isolation level repeatable read',
    );
    await expect(repeatable).rejects.toMatchObject({ code: 'isolation-level' });
    expect(await collectStream(store, 'a')).toEqual([]);
    expect(await labelsThere()).toEqual([]);
  });
});

describe('streams that are forgotten', () => {
  test('may begin anew, and stay where somebody else has appended', async () => {
    const { pool } = database;
    const store = postgresEventStore(pool);
    await store.append([append('made', 'absent', 'a', 'b')]);
    await store.append([append('shared', 'absent', 'a')]);
    await store.append([append('shared', 1, 'of another')]);
    const streams = ['made', 'shared', 'nowhere'].map((stream) => ({
      stream,
      events: stream === 'made' ? 2 : 1,
    }));
    expect(await inTransaction(pool, (client) => forgetStreams(client, streams))).toEqual(['made']);
    expect(await collectStream(store, 'made')).toEqual([]);
    expect(await collectStream(store, 'shared')).toHaveLength(2);
    expect((await store.append([append('made', 'absent', 'c')])).versions).toEqual([1]);
  });
});
