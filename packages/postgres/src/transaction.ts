import type pg from 'pg';
import { toPostgresError } from './errors.ts';
import { limited } from './time-limit.ts';

/** A database or a role may have another default, which our statements are not made for. */
const readCommitted = 'begin isolation level read committed';

/**
 * Runs `work` in a transaction on a connection of its own, of isolation level read committed: commits what it did, or nothing.
 * @param begin - `begin` and what else comes first, in one message.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  begin = readCommitted,
): Promise<Result> {
  return withClient(pool, async (client) => {
    await client.query(limited(pool, begin));
    try {
      const result = await work(client);
      await client.query(limited(pool, 'commit'));
      return result;
    } catch (error) {
      // On a broken connection the server rolls back by itself; the first error is the one to tell.
      await client.query(limited(pool, 'rollback')).catch(() => undefined);
      throw error;
    }
  });
}

/** How long a transaction that has the lock of the log may be idle: the lock must not stay with a process that is frozen. */
export const idleWithLogMs = 5_000;

export const beginOfLog = `${readCommitted}; set local idle_in_transaction_session_timeout = ${idleWithLogMs}`;

/** Our own functions refuse with the first, and such a statement has changed nothing. */
const failsOfIsolation: readonly string[] = ['postgres-25001', 'postgres-serialization'];

/** Those whose statements are of another isolation level where nothing is said, and fail of it. */
const otherIsolation = new WeakSet<pg.Pool>();

/**
 * Runs `work`, one statement that must see what was committed until it got a lock or a row. Takes a transaction of its own, and
 * with it more time, only where the default isolation level of the database has turned out to be another than read committed.
 */
export async function inReadCommitted<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  if (!otherIsolation.has(pool)) {
    try {
      return await withClient(pool, work);
    } catch (error) {
      if (!failsOfIsolation.includes(toPostgresError(error).code)) throw error;
      otherIsolation.add(pool);
    }
  }
  return inTransaction(pool, work, beginOfLog);
}

/** The codes of errors after which a connection is of no use. */
export const lostConnection: readonly string[] = ['postgres-connection-lost', 'postgres-shutting-down'];

/** Lends a connection of the pool, and throws it away when it broke. */
export async function withClient<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  let broken: Error | undefined;
  // A connection that breaks between two statements says so only here; unheard, the event would end the process.
  const onError = (error: Error): void => {
    broken = error;
  };
  const client = await lend(pool, onError);
  try {
    return await work(client);
  } catch (caught) {
    const error = toPostgresError(caught);
    // The refusal of a server that ends may be read before the end of the connection is: nobody may be lent this one again.
    if (lostConnection.includes(error.code)) broken ??= error;
    // What the work threw on its own account stays what it is.
    throw error.code === 'unexpected' ? caught : error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Listens from the moment on at which the pool ceases to: a promise of the pool's would leave a gap, in which a connection may break. */
function lend(pool: pg.Pool, onError: (error: Error) => void): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client) => {
      if (client === undefined) return reject(toPostgresError(error));
      client.on('error', onError);
      resolve(client);
    });
  });
}
