import { connectTo } from '../run/query.ts';

/** Begins a transaction that has written something, and leaves it open until it is disposed of. */
export async function openWriteTransaction(url: string, statements: string): Promise<AsyncDisposable> {
  const client = await connectTo(url);
  await client.query('begin isolation level repeatable read');
  await client.query(statements);
  await client.query('select pg_current_xact_id()');
  return {
    async [Symbol.asyncDispose]() {
      await client.query('commit').catch(() => undefined);
      await client.end();
    },
  };
}
