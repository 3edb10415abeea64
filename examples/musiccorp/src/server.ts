import path from 'node:path';
import { connect, quoteIdentifier } from '@banyan/postgres';
import { type EmbeddedServer, startEmbeddedServer } from '@banyan/postgres/embedded';
import { stateDirectory } from './running.ts';

/** The PostgreSQL server of the example: the embedded one, or the user's own. */
export interface DatabaseServer {
  /** For people: what it is and where, without a password. */
  readonly description: string;
  url(database: string): string;
  /** Stops the embedded server; leaves the user's own alone. */
  stop(): Promise<void>;
}

/** The databases of the example: the monolith's, the services' and Banyan's own. */
export const databases = {
  monolith: 'musiccorp',
  catalogue: 'musiccorp_catalogue',
  warehouse: 'musiccorp_warehouse',
  ledger: 'musiccorp_ledger',
} as const;

/** Starts or finds the server and makes the databases; `fresh` deletes what is in them. */
export async function openServer(fresh: boolean): Promise<DatabaseServer> {
  const own = process.env.DATABASE_URL;
  const server = own === undefined || own === '' ? await embedded(fresh) : await usersOwn(own, fresh);
  return server;
}

async function embedded(fresh: boolean): Promise<DatabaseServer> {
  const server: EmbeddedServer = await startEmbeddedServer({
    dir: path.join(stateDirectory, 'postgres'),
    fresh,
  });
  for (const name of Object.values(databases)) await server.createDatabase(name);
  const found = server.adopted ? ', found running' : '';
  return {
    description: `embedded PostgreSQL on 127.0.0.1:${server.port}${found}`,
    url: (database) => server.url(database),
    stop: () => server.stop(),
  };
}

async function usersOwn(url: string, fresh: boolean): Promise<DatabaseServer> {
  const pool = connect(url, { max: 1, applicationName: 'musiccorp-start' });
  try {
    for (const name of Object.values(databases)) {
      if (fresh) await dropDatabase(pool, name);
      const { rowCount } = await pool.query('select 1 from pg_database where datname = $1', [name]);
      if (rowCount === 0) await pool.query(`create database ${quoteIdentifier(name)}`);
    }
  } finally {
    await pool.end();
  }
  const { host } = new URL(url);
  return {
    description: `your PostgreSQL at ${host}`,
    url: (database) => Object.assign(new URL(url), { pathname: `/${database}` }).href,
    stop: async () => undefined,
  };
}

async function dropDatabase(pool: ReturnType<typeof connect>, name: string): Promise<void> {
  const slots =
    'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = $1 and not active';
  await pool.query(slots, [name]);
  await pool.query(`drop database if exists ${quoteIdentifier(name)} with (force)`);
}
