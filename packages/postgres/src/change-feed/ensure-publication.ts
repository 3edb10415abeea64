import type pg from 'pg';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../quote-identifier.ts';
import { inTransaction } from '../transaction.ts';
import { publicationName } from './names.ts';
import type { PublishedTable } from './published-tables.ts';

/**
 * Makes the publication anew with exactly these tables. They must have passed the preflight: publishing one without a replica
 * identity would make the source's own updates and deletes fail.
 */
export async function ensurePublication(
  pool: pg.Pool,
  name: string,
  tables: readonly string[],
): Promise<void> {
  const publication = quoteIdentifier(publicationName(name));
  await inTransaction(pool, async (client) => {
    // A lock on a busy table must be had quickly or not at all: while it is waited for, the monolith waits behind it.
    await client.query("set local lock_timeout = '2s'");
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [publication]);
    await client.query(`drop publication if exists ${publication}`);
    const list = tables.map((table) => `only ${quoteTable(table)}`).join(', ');
    await client.query(`create publication ${publication} for table ${list}`);
  });
}

/** Keeps on the publication what its tables look like, where it is dropped with it. */
export async function noteTables(
  client: pg.Pool | pg.ClientBase,
  name: string,
  tables: readonly PublishedTable[],
): Promise<void> {
  const note = quoteLiteral(JSON.stringify(tables));
  await client.query(`comment on publication ${quoteIdentifier(publicationName(name))} is ${note}`);
}
