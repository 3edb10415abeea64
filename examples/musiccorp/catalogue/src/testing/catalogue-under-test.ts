import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { connect, postgresCheckpointStore, sourcePosition } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { awaitPosition, type CheckpointStore } from '@banyan/runtime';
import type pg from 'pg';
import { fromSource } from '../../../../../scripts/compiled/from-source.ts';
import { prepareCatalogue } from '../prepare.ts';
import { type ServerProcess, startProcess } from './child-process.ts';

const program = path.resolve(import.meta.dirname, '../server.ts');

/** The service's database and its process, which tests may kill. */
export interface CatalogueUnderTest extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  /** The name of its subscription to the monolith: one of its own, since slots are shared by all databases of a server. */
  readonly subscription: string;
  readonly checkpoints: CheckpointStore<pg.PoolClient>;
  /** Of the process that runs now. */
  readonly url: () => string;
  readonly process: () => ServerProcess;
  start(): Promise<void>;
  /** Ends the process without a word. */
  kill(): Promise<void>;
  /** Waits until everything that the source has committed by now is in our tables. */
  caughtUp(source: pg.Pool): Promise<void>;
}

/** Makes the service's database; `start` starts it. */
export async function catalogueUnderTest(monolithUrl: string): Promise<CatalogueUnderTest> {
  const database = await testDatabase();
  const pool = connect(database.url, { max: 4 });
  await prepareCatalogue(pool);
  const subscription = `catalogue_${randomBytes(4).toString('hex')}`;
  const checkpoints = postgresCheckpointStore(pool);
  let running: ServerProcess | undefined;
  const start = async () => {
    const urls = { DATABASE_URL: database.url, MONOLITH_DATABASE_URL: monolithUrl };
    const env = { ...urls, PORT: '0', SUBSCRIPTION: subscription };
    running = await startProcess(fromSource(program), env);
  };
  const current = () => {
    if (running === undefined) throw new Error('the service was not started');
    return running;
  };
  return {
    pool,
    databaseUrl: database.url,
    subscription,
    checkpoints,
    url: () => current().url,
    process: current,
    start,
    kill: async () => {
      await current().end('SIGKILL');
    },
    caughtUp: async (source) =>
      awaitPosition(checkpoints, subscription, await sourcePosition(source), { timeoutMs: 30_000 }),
    async [Symbol.asyncDispose]() {
      await running?.end('SIGKILL');
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
