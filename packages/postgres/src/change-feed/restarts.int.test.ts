import { setTimeout as pause } from 'node:timers/promises';
import { retry, rowChangesOf, type Subscription, subscribeToChanges } from '@banyan/runtime';
import type pg from 'pg';
import { expect, onTestFailed, test } from 'vitest';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { quoteTable } from '../quote-identifier.ts';
import { applyRowWrites } from '../row-writer/apply-row-writes.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { type Random, randomFrom } from './fixtures/random.fixture.ts';
import { eventually, type Source, source } from './fixtures/source.fixture.ts';
import {
  copyOf,
  sourceIdentities,
  workloadSchema,
  workloadTables,
  write,
} from './fixtures/workload.fixture.ts';
import { matchedSnapshot } from './matched-snapshot.ts';
import { sourcePosition } from './source-position.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** More make it surer and slower. */
const rounds = Number(process.env.ROUNDS ?? 12);

/** Twice the same transaction breaks the unique key, and so would fail for good. */
const appliedTable = 'create table applied (position bigint primary key)';

function follow(db: Source, target: PreparedDatabase): Subscription {
  return subscribeToChanges<pg.PoolClient>({
    name: 'copy',
    feed: db.feed(workloadTables),
    checkpoints: postgresCheckpointStore(target.pool),
    onError: retry({ retries: 30, firstMs: 5, maxMs: 200 }),
    limit: 50,
    handle: async (entries, tx) => {
      for (const entry of entries)
        if (entry.kind === 'transaction') await tx.query('insert into applied values ($1)', [entry.position]);
      await applyRowWrites(tx, entries.flatMap(rowChangesOf).flatMap(copyOf));
    },
    reset: async (tx) => {
      await tx.query('delete from applied');
      for (const table of workloadTables) await tx.query(`delete from ${quoteTable(table)}`);
    },
  });
}

async function rowsOf(client: pg.Pool | pg.ClientBase, table: string): Promise<string[]> {
  // An hour in a time zone of the session's would differ.
  const { rows } = await client.query(
    `select to_jsonb(t)::text as row from ${quoteTable(table)} t order by 1`,
  );
  return rows.map(({ row }) => row);
}

async function databases() {
  const db = await source(workloadSchema + sourceIdentities);
  const target = await preparedDatabase();
  await target.pool.query(workloadSchema + appliedTable);
  const checkpoints = postgresCheckpointStore(target.pool);
  const reached = async (position: bigint) => (await checkpoints.load('copy')).position >= position;
  return { db, target, checkpoints, reached };
}

/** Waits for a condition, unless a reader gives up. */
async function until(holds: () => Promise<boolean>, readers: readonly Subscription[]): Promise<void> {
  await Promise.race([eventually(holds), ...readers.map(({ done }) => done)]);
}

/** Breaks what a reader depends on, or the reader itself. */
async function disturb(
  random: Random,
  db: Source,
  target: PreparedDatabase,
  readers: Subscription[],
): Promise<void> {
  const killReader =
    'select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active';
  const killAll = (name: string) =>
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name like '${name}'`;
  const what = random.below(5);
  if (what === 0) await db.pool.query(killReader, [db.slot]);
  else if (what === 1) await db.pool.query(killAll('banyan%'));
  else if (what === 2) await target.pool.query(killAll('banyan%')).catch(() => undefined);
  else if (what === 3) readers.push(follow(db, target));
  if (what >= 3) await readers.shift()!.stop();
  if (readers.length === 0) readers.push(follow(db, target));
}

function tellSeed(): void {
  process.stderr.write(`seed ${seed}: run it again with SEED=${seed}\n`);
}

test('killed and restarted at any point, a copy has every transaction once and ends equal to its source', async () => {
  onTestFailed(tellSeed);
  const { db, target, reached } = await databases();
  await using _db = db;
  await using _target = target;
  const random = randomFrom(seed);
  let going = true;
  const writers = [1, 2, 3, 4].map((number) => write(db.url, seed + number, () => going));
  const readers = [follow(db, target)];
  const copied = async () => (await target.pool.query('select count(*)::int as n from applied')).rows[0].n;
  for (let count = 0; count < 40; count++) {
    await pause(random.below(250));
    await disturb(random, db, target, readers);
  }
  // Where the machine is slow, a reader that is disturbed again and again may not get far.
  await until(async () => (await copied()) >= 200, readers);
  going = false;
  await Promise.all(writers);

  const end = await sourcePosition(db.pool);
  await until(() => reached(end), readers);
  for (const table of workloadTables)
    expect(await rowsOf(target.pool, table), `${table}, seed ${seed}`).toEqual(await rowsOf(db.pool, table));
  for (const reader of readers) await reader.stop();
}, 120_000);

test('held at the position of a matched snapshot, a copy is exactly that snapshot', async () => {
  onTestFailed(tellSeed);
  const { db, target, checkpoints, reached } = await databases();
  await using _db = db;
  await using _target = target;
  let going = true;
  const writers = [1, 2, 3].map((number) => write(db.url, seed + number, () => going));
  await using reader = follow(db, target);
  await eventually(() => reached(1n));
  for (let round = 0; round < rounds; round++) {
    await checkpoints.control('copy', { holdAt: 0n });
    await using snapshot = await matchedSnapshot(db.url, { timeoutMs: 45_000, tables: workloadTables });
    await checkpoints.control('copy', { holdAt: snapshot.position });
    await until(() => reached(snapshot.position), [reader]);
    expect((await checkpoints.load('copy')).position).toBe(snapshot.position);
    for (const table of workloadTables)
      expect(await rowsOf(target.pool, table), `${table}, seed ${seed}, round ${round}`).toEqual(
        await rowsOf(snapshot.client, table),
      );
    await checkpoints.control('copy', { holdAt: null });
  }
  going = false;
  await Promise.all(writers);
  await reader.stop();
}, 180_000);
