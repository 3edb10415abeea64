import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { quoteTable } from '../quote-identifier.ts';
import { currentTables, type PublishedTable } from './published-tables.ts';

const waitMs = 2_000;

/**
 * Keeps tables from being emptied or written anew while a snapshot is read, and makes sure that they were not since it was
 * taken: what TRUNCATE or ALTER TABLE threw away is gone for older snapshots too, which then see an empty table.
 * @param client In the snapshot's transaction.
 * @param pool Sees the tables as they are now.
 * @returns The tables as the snapshot has them.
 * @throws Unavailable `table-rewritten`, `table-locked`
 */
export async function lockTables(
  client: pg.ClientBase,
  pool: pg.Pool,
  tables: readonly string[],
): Promise<PublishedTable[]> {
  const list = tables.map((table) => `only ${quoteTable(table)}`).join(', ');
  const deadline = performance.now() + waitMs;
  await client.query('savepoint unlocked');
  // Waiting for a lock while holding others could end the monolith's transaction as a deadlock; this never waits.
  while (!(await lockNow(client, `lock table ${list} in access share mode nowait`))) {
    if (performance.now() > deadline) throw locked(tables);
    await sleep(20);
  }
  const seen = await currentTables(client, tables);
  const now = await currentTables(pool, tables);
  if (JSON.stringify(seen) === JSON.stringify(now)) return seen;
  throw new Unavailable(
    'table-rewritten',
    'A table was truncated or altered just when its snapshot was begun: try again.',
  );
}

async function lockNow(client: pg.ClientBase, sql: string): Promise<boolean> {
  try {
    await client.query(sql);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error;
    await client.query('rollback to savepoint unlocked');
    return false;
  }
}

function locked(tables: readonly string[]): Unavailable {
  return new Unavailable(
    'table-locked',
    `One of the tables ${tables.join(', ')} is locked by a transaction that truncates or alters it: try again when it has ended.`,
  );
}
