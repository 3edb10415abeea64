import { randomBytes } from 'node:crypto';
import { Unavailable } from '@banyan/runtime';
import pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { startTestServer, testServerVariable } from './test-server.ts';

/** An empty database that lives as long as a test. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Ends its connections and drops it with its replication slots. */
  [Symbol.asyncDispose](): Promise<void>;
}

let serverUrl: Promise<string> | undefined;

/** Makes an empty database with a name of its own on the run's server (or on DATABASE_URL's). */
export async function testDatabase(): Promise<TestDatabase> {
  serverUrl ??= findServer();
  const admin = await serverUrl;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(admin, async (client) => {
    await client.query(`create database ${quoteIdentifier(name)}`);
  });
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, name, [Symbol.asyncDispose]: () => execute(admin, (client) => drop(client, name)) };
}

async function findServer(): Promise<string> {
  const dir = process.env[testServerVariable];
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  if (dir !== undefined) return (await startTestServer(dir)).url();
  throw new Unavailable(
    'no-test-server',
    'Tests need a PostgreSQL server: add "@banyan/postgres/testing/global-setup" to vitest\'s globalSetup, or set DATABASE_URL.',
  );
}

async function execute(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const endSlotReaders = `
  select pg_terminate_backend(active_pid, 5000)
  from pg_replication_slots
  where database = $1 and active_pid is not null`;

/** Dropping a database drops its slots, except those that are being read. */
async function drop(client: pg.Client, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    await client.query(endSlotReaders, [name]);
    try {
      await client.query(`drop database if exists ${quoteIdentifier(name)} with (force)`);
      return;
    } catch (error) {
      // 55006: a reader came back in between.
      if ((error as { code?: string }).code !== '55006' || tries === 20) throw error;
    }
  }
}
