import { applyRowWrites } from '@banyan/postgres';
import type { Row } from '@banyan/runtime';
import type pg from 'pg';
import { into, tables } from '../own-tables.ts';
import { translate } from '../translate.ts';

/**
 * The rows that differ between what the monolith's tables translate to now and what ours hold: `-` is missing from ours, `+` is too
 * much in ours. Empty when they are equal. Both sides must be at rest.
 */
export async function differentRows(monolith: pg.Pool, ours: pg.Pool): Promise<string[]> {
  const client = await ours.connect();
  try {
    await client.query('begin');
    const held = await snapshot(client);
    for (const table of into) await client.query(`delete from ${table}`);
    for (const table of tables) {
      const inserts = (await rowsAsText(monolith, table)).map(
        (row) => ({ op: 'insert', table, row }) as const,
      );
      await applyRowWrites(client, inserts.flatMap(translate));
    }
    const expected = await snapshot(client);
    return [
      ...[...expected].filter((row) => !held.has(row)).map((row) => `-${row}`),
      ...[...held].filter((row) => !expected.has(row)).map((row) => `+${row}`),
    ];
  } finally {
    // Only to see what would be there.
    await client.query('rollback');
    client.release();
  }
}

async function snapshot(client: pg.PoolClient): Promise<Set<string>> {
  const rows: string[] = [];
  for (const table of into) {
    const found = await client.query<{ row: string }>(`select t::text as row from ${table} t`);
    rows.push(...found.rows.map(({ row }) => `${table} ${row}`));
  }
  return new Set(rows);
}

async function rowsAsText(pool: pg.Pool, table: string): Promise<Row[]> {
  const columns = await pool.query<{ list: string }>(
    `select string_agg(format('%1$I::text', attname), ', ' order by attnum) as list
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  );
  return (await pool.query<Row>(`select ${columns.rows[0]!.list} from ${table}`)).rows;
}
