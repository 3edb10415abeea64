import { readdir, rm } from 'node:fs/promises';
import {
  destroyAbandonedServers,
  destroyTestServer,
  makeTestServerDirectory,
  testServerVariable,
} from './test-server.ts';

/**
 * A global set-up for vitest: gives the run a PostgreSQL server of its own unless DATABASE_URL names one. The server starts with the
 * first test that asks for a database, so runs of unit tests don't wait for it; it is stopped and deleted at the end.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.DATABASE_URL) return undefined;
  await destroyAbandonedServers();
  const dir = await makeTestServerDirectory();
  process.env[testServerVariable] = dir;
  return async () => {
    const used = (await readdir(dir)).length > 0;
    await (used ? destroyTestServer(dir) : rm(dir, { recursive: true, force: true }));
  };
}
