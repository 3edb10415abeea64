import { collectStream, labelOf, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import { sql as drizzleSql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import knexOf from 'knex';
import { Kysely, sql as kyselySql, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { relayOutbox } from './relay-outbox.ts';
import {
  drizzleTransaction,
  knexTransaction,
  kyselyTransaction,
  type SqlTransaction,
} from './sql-transaction.ts';

let database: PreparedDatabase;
// A question mark is a parameter to some.
const schema = 'what?';
beforeAll(async () => {
  database = await preparedDatabase();
  await prepareDatabase(database.pool, { schema });
  await database.pool.query('create table orders (id text)');
});
afterAll(() => database[Symbol.asyncDispose]());

/** Runs `work` in a transaction of the library, after `insert into orders`; throws what it throws, and then rolls back. */
type Transact = (id: string, work: (transaction: SqlTransaction) => Promise<void>) => Promise<void>;

const libraries: readonly [name: string, open: () => { transact: Transact; close: () => Promise<void> }][] = [
  [
    'Drizzle',
    () => {
      const pool = connect(database.url);
      const db = drizzle(pool);
      return {
        transact: (id, work) =>
          db.transaction(async (tx) => {
            await tx.execute(drizzleSql`insert into orders values (${id})`);
            await work(drizzleTransaction(tx, drizzleSql));
          }),
        close: () => pool.end(),
      };
    },
  ],
  [
    'Kysely',
    () => {
      const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: connect(database.url) }) });
      return {
        transact: (id, work) =>
          db.transaction().execute(async (trx) => {
            await kyselySql`insert into orders values (${id})`.execute(trx);
            await work(kyselyTransaction(trx));
          }),
        close: () => db.destroy(),
      };
    },
  ],
  [
    'Knex',
    () => {
      const knex = knexOf({ client: 'pg', connection: database.url });
      return {
        transact: (id, work) =>
          knex.transaction(async (trx) => {
            await trx('orders').insert({ id });
            await work(knexTransaction(trx));
          }),
        close: () => knex.destroy(),
      };
    },
  ],
];

describe.each(libraries)("an append within %s's transaction", (_name, open) => {
  test('commits and rolls back with it', async () => {
    const { transact, close } = open();
    const store = postgresEventStore(database.pool, { schema });
    await using _relay = relayOutbox(database.pool, { schema });
    const [kept, lost] = [uniqueName('kept'), uniqueName('lost')];
    const fact = (streamId: string) =>
      [{ streamId, expected: 'any', events: sampleEvents(`it's $1 of "${streamId}"?`) }] as const;
    const failing = transact(lost, async (transaction) => {
      await store.appendWithin(transaction, fact(lost));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await transact(kept, (transaction) => store.appendWithin(transaction, fact(kept), { commandId: kept }));
    await expect.poll(() => collectStream(store, kept)).toHaveLength(1);
    expect((await collectStream(store, kept)).map(labelOf)).toEqual([`it's $1 of "${kept}"?`]);
    expect(await collectStream(store, lost)).toEqual([]);
    const { rows } = await database.pool.query('select id from orders where id = any($1)', [[kept, lost]]);
    expect(rows).toEqual([{ id: kept }]);
    await close();
  });
});
