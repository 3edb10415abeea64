import pg from 'pg';
import type { Contestant } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';

/** The same work under another name, while somebody in another database has written something and not committed it. */
export async function whileIdle(contestant: Contestant, lab: Lab): Promise<Contestant> {
  const url = await lab.database(`idle_${Math.random().toString(36).slice(2, 8)}`);
  return {
    name: contestant.name,
    async turn() {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      try {
        await client.query('begin');
        await client.query('create table forgotten (n integer)');
        return await contestant.turn();
      } finally {
        await client.end();
      }
    },
  };
}
