import type pg from 'pg';
import { quoteIdentifier, quoteTable } from '../quote-identifier.ts';
import { inTransaction } from '../transaction.ts';
import { publicationName } from './names.ts';

const publishedSql = `select schemaname || '.' || tablename as name from pg_publication_tables where pubname = $1`;

/**
 * Makes the publication, or brings it to exactly these tables. The tables must have passed the preflight: publishing one
 * without a replica identity would make the source's own updates and deletes fail.
 */
export async function ensurePublication(
  pool: pg.Pool,
  name: string,
  tables: readonly string[],
): Promise<void> {
  const publication = publicationName(name);
  await inTransaction(pool, async (client) => {
    // A lock on a busy table must be had quickly or not at all: while it is waited for, the monolith waits behind it.
    await client.query("set local lock_timeout = '2s'");
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [publication]);
    const { rowCount } = await client.query('select from pg_publication where pubname = $1', [publication]);
    const list = tables.map((table) => `only ${quoteTable(table)}`).join(', ');
    if (rowCount === 0) {
      await client.query(`create publication ${quoteIdentifier(publication)} for table ${list}`);
      return;
    }
    const { rows } = await client.query<{ name: string }>(publishedSql, [publication]);
    const same = JSON.stringify(rows.map((row) => row.name).sort()) === JSON.stringify([...tables].sort());
    if (!same) await client.query(`alter publication ${quoteIdentifier(publication)} set table ${list}`);
  });
}
