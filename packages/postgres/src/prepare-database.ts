import { readdir, readFile } from 'node:fs/promises';
import { Invalid, Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from './errors.ts';
import { quoteIdentifier, quoteLiteral } from './quote-identifier.ts';
import { inTransaction } from './transaction.ts';

/** Where Banyan's private tables lie when nothing else is said. */
export const defaultSchema = 'banyan';

/** Whatever is appended at once must fit into one that is empty. */
const smallestPartition = 100_000;

/** Lies beside `src` and beside `dist`. */
const folder = new URL('../sql/', import.meta.url);

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** How to prepare a database. */
export interface PrepareDatabaseOptions {
  /** Where the tables lie, default `banyan`. */
  readonly schema?: string;
  /**
   * Positions in each partition of the log that is made from now on, 100,000 at least; what was said last holds, at first 10 million.
   */
  readonly partitionSize?: number;
}

/**
 * Makes or brings up to date the private tables of the event store and the checkpoints. Does nothing where they are as they
 * should be; any number of processes may call it at once.
 * @throws Invalid `partition-size`
 * @throws Terminal `database-newer` when a later release has prepared this database.
 */
export async function prepareDatabase(pool: pg.Pool, options: PrepareDatabaseOptions = {}): Promise<void> {
  const { schema = defaultSchema, partitionSize } = options;
  if (
    partitionSize !== undefined &&
    !(Number.isSafeInteger(partitionSize) && partitionSize >= smallestPartition)
  )
    throw new Invalid(
      'partition-size',
      `A partition has a whole number of positions from ${smallestPartition}, not ${partitionSize}.`,
    );
  await migrate(pool, schema);
  if (partitionSize !== undefined) await setPartitionSize(pool, schema, partitionSize);
}

async function setPartitionSize(pool: pg.Pool, schema: string, size: number): Promise<void> {
  const text = `update ${quoteIdentifier(schema)}.log set partition_size = $1 where partition_size <> $1`;
  await pool.query(text, [size]).catch((error: unknown) => {
    throw toPostgresError(error);
  });
}

async function migrate(pool: pg.Pool, schema: string): Promise<void> {
  const migrations = await readMigrations(schema);
  if ((await appliedUpTo(pool, schema)) === migrations.length) return;
  await inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('banyan migrations ' || $1, 0))`, [
      schema,
    ]);
    await client.query(`create schema if not exists ${quoteIdentifier(schema)}`);
    await client.query(`create table if not exists ${quoteIdentifier(schema)}.migrations (
      number integer primary key, name text not null, applied_at timestamptz not null default now())`);
    const applied = await appliedUpTo(client, schema);
    if (applied > migrations.length) throw newer(schema, applied, migrations.length);
    for (const migration of migrations.slice(applied)) {
      await client.query(migration.sql);
      await client.query(`insert into ${quoteIdentifier(schema)}.migrations (number, name) values ($1, $2)`, [
        migration.number,
        migration.name,
      ]);
    }
  });
}

async function appliedUpTo(db: pg.Pool | pg.PoolClient, schema: string): Promise<number> {
  const table = `${quoteIdentifier(schema)}.migrations`;
  try {
    const exists = await db.query('select to_regclass($1) is not null as found', [table]);
    if (!exists.rows[0].found) return 0;
    const newest = await db.query(`select coalesce(max(number), 0) as number from ${table}`);
    return newest.rows[0].number;
  } catch (error) {
    throw toPostgresError(error);
  }
}

async function readMigrations(schema: string): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return { number: Number(name.slice(0, 4)), name, sql: fillIn(text, schema) };
    }),
  );
}

function fillIn(sql: string, schema: string): string {
  return sql
    .replaceAll(':"schema"', () => quoteIdentifier(schema))
    .replaceAll(`:'schema'`, () => quoteLiteral(schema))
    .replaceAll(`:'sequence'`, () => quoteLiteral(`${quoteIdentifier(schema)}.event_position`));
}

function newer(schema: string, applied: number, known: number): Terminal {
  return new Terminal(
    'database-newer',
    `The tables in schema ${schema} are at version ${applied} and this release knows up to ${known}: use the newer release.`,
  );
}
