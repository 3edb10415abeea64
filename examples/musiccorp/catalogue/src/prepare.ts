import { readFile } from 'node:fs/promises';
import { inTransaction, prepareDatabase } from '@banyan/postgres';
import type pg from 'pg';
import { into } from './own-tables.ts';

const files = ['./read-model.sql', './lists/read-model.sql'];

/** Makes what is missing of the service's tables; any number of processes may call it at once. */
export async function prepareCatalogue(pool: pg.Pool): Promise<void> {
  await prepareDatabase(pool);
  const sql = await Promise.all(files.map((file) => readFile(new URL(file, import.meta.url), 'utf8')));
  await inTransaction(pool, async (client) => {
    // "if not exists" is no protection against another process that makes the same thing at the same time.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('prepare catalogue', 0))`);
    for (const statements of sql) await client.query(statements);
  });
}

/** Forgets everything that came from the monolith. Readers see the rows until the transaction commits. */
export async function resetCatalogue(tx: pg.ClientBase): Promise<void> {
  // Not TRUNCATE: it would make readers wait.
  for (const table of into) await tx.query(`delete from ${table}`);
}
