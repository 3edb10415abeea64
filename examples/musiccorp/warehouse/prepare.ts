import { readFile } from 'node:fs/promises';
import { connect } from '@banyan/postgres';

/** Makes the table of the stock where it is not there yet: in the service's database, and in the monolith's, which it leaves from. */
export async function prepareStock(databaseUrl: string): Promise<void> {
  const sql = await readFile(new URL('./stock-levels.sql', import.meta.url), 'utf8');
  const pool = connect(databaseUrl, { max: 1, applicationName: 'musiccorp-warehouse' });
  try {
    await pool.query(sql);
  } finally {
    await pool.end();
  }
}
