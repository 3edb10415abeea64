import { connect } from '@banyan/postgres';

/** One session, which may be killed on purpose. */
export async function openSession(url: string) {
  const pool = connect(url, { max: 1 });
  const client = await pool.connect();
  client.on('error', () => {});
  return {
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await client.query(sql, [...values])).rows as Row[],
    [Symbol.asyncDispose]: async () => {
      client.release(true);
      await pool.end();
    },
  };
}
