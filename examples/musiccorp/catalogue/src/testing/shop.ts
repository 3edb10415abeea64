import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import type pg from 'pg';
import { type ServerProcess, startProcess } from './child-process.ts';

const folder = path.resolve(import.meta.dirname, '../../../monolith');

/** The monolith, small but real: its schema, its data, its process. */
export interface Shop extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly url: string;
}

/** Makes a database, fills it with a fiftieth of the usual data and starts the monolith on it. */
export async function startShop(): Promise<Shop> {
  const database = await testDatabase();
  const env = { DATABASE_URL: database.url, SCALE: '0.02', SEED: '7', SEED_UNTIL: '2026-03-01', PORT: '0' };
  await promisify(execFile)(process.execPath, [path.join(folder, 'seed.js')], {
    env: { ...process.env, ...env },
  });
  const pool = connect(database.url, { max: 4 });
  const server: ServerProcess = await startProcess([path.join(folder, 'server.js')], env);
  return {
    databaseUrl: database.url,
    pool,
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.end('SIGTERM');
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
