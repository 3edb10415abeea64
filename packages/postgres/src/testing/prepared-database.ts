import type pg from 'pg';
import { connect } from '../connect.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { testDatabase } from './test-database.ts';

/** A database of its own with Banyan's tables in it, and a pool on it. */
export interface PreparedDatabase extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly url: string;
}

/** Makes a test database, prepares it and connects to it. */
export async function preparedDatabase(): Promise<PreparedDatabase> {
  const database = await testDatabase();
  const pool = connect(database.url);
  await prepareDatabase(pool);
  return {
    pool,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
