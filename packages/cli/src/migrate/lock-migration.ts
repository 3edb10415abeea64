import { connect } from '@banyan/postgres';
import { Unavailable } from '@banyan/runtime';

// The first key of the advisory lock: it keeps ours apart from locks that others take in the same database.
const lockSpace = 0x62616e79;

/**
 * Lets one process at a time work on a migration. The lock is the connection's: it is gone with the process, however it ends.
 * @param what How a person would call it, where it is not a migration.
 * @throws Unavailable `migration-locked` when another process holds it.
 */
export async function lockMigration(
  ledgerUrl: string,
  name: string,
  what = `migration ${name}`,
): Promise<AsyncDisposable> {
  const pool = connect(ledgerUrl, { max: 1, applicationName: `banyan-lock-${process.pid}` });
  try {
    const client = await pool.connect();
    const { rows } = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as locked',
      [lockSpace, name],
    );
    if (rows[0]?.locked !== true) {
      client.release();
      throw new Unavailable(
        'migration-locked',
        `Another process is working on the ${what}. Wait for it, or end it and try again.`,
      );
    }
    // Losing this connection loses the lock; every command is then still checked against the ledger's own order.
    client.on('error', () => undefined);
    return {
      async [Symbol.asyncDispose]() {
        client.release(true);
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
