import pg from 'pg';

/** A bounded pool: a burst waits here, not in the server. */
export function openDatabase(connectionString) {
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    connectionTimeoutMillis: 5000,
    application_name: 'musiccorp',
  });
  // an idle connection that the server drops must not end the process; the next query opens a new one
  pool.on('error', (error) => console.error(`musiccorp: lost a database connection: ${error.message}`));
  return pool;
}

export async function transaction(pool, work) {
  const client = await pool.connect();
  let broken;
  // without a listener, a connection that drops between two queries would end the process
  const onError = (error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
