import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { dropChangeFeed } from '@banyan/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';
import { type CatalogueUnderTest, catalogueUnderTest } from './testing/catalogue-under-test.ts';
import { startProcess } from './testing/child-process.ts';
import { differentRows } from './testing/compare-tables.ts';
import { type Shop, startShop } from './testing/shop.ts';
import { until } from './testing/until.ts';

const program = path.resolve(import.meta.dirname, 'server.ts');
const nowhere = 'postgres://nobody:secret@127.0.0.1:1/none';
let shop: Shop;

beforeAll(async () => {
  shop = await startShop();
});

afterAll(() => shop?.[Symbol.asyncDispose]());

async function ready(catalogue: CatalogueUnderTest) {
  const response = await fetch(`${catalogue.url()}/health/ready`);
  return { status: response.status, body: (await response.json()) as { following: Record<string, unknown> } };
}

async function slots(active = false) {
  const sql = `select slot_name from pg_replication_slots
    where database = current_database() and slot_name like '%catalogue%' and (active or not $1)`;
  return (await shop.pool.query(sql, [active])).rowCount;
}

describe('without the monolith', () => {
  test('the service starts, is ready, tells that it cannot follow, and ends when it is asked to', async () => {
    await using catalogue = await catalogueUnderTest(nowhere);
    const { subscription } = catalogue;
    await catalogue.start();
    expect(await ready(catalogue)).toMatchObject({
      status: 200,
      body: { status: 'ready', following: { subscription, desired: 'stopped', position: '0' } },
    });
    await catalogue.checkpoints.control(subscription, { desired: 'running' });
    await until('it says why it does not follow', async () => {
      const { error } = (await catalogue.checkpoints.load(subscription)).reported ?? {};
      return error?.startsWith('postgres-unreachable') ?? false;
    });
    const { status, body } = await ready(catalogue);
    expect(status).toBe(200);
    expect(body.following.error).toMatch('No PostgreSQL server answers there');
    expect(JSON.stringify(body)).not.toContain('secret');
    expect((await fetch(`${catalogue.url()}/api/items`)).status).toBe(200);
    expect(await catalogue.process().end('SIGTERM')).toBe(0);
  });
});

describe('with the monolith', () => {
  test('it follows when it is wanted to, lets go of its slot when it is not, and takes a new snapshot from 0', async () => {
    await using catalogue = await catalogueUnderTest(shop.databaseUrl);
    const { checkpoints, pool, subscription } = catalogue;
    await catalogue.start();
    expect(await slots()).toBe(0);
    await checkpoints.control(subscription, { desired: 'running' });
    await catalogue.caughtUp(shop.pool);
    expect(await differentRows(shop.pool, pool)).toEqual([]);
    await until('the slot is read', async () => (await slots(true)) === 1);

    await checkpoints.control(subscription, { desired: 'stopped' });
    await until('the slot is let go of', async () => (await slots(true)) === 0);
    await dropChangeFeed(shop.pool, subscription);
    await checkpoints.reset(subscription, async () => {});
    await pool.query(`insert into catalogue.genres values (99, 'left', 'Left over')`);
    await shop.pool.query('update items set sold_last_30_days = sold_last_30_days + 1');

    await checkpoints.control(subscription, { desired: 'running' });
    await catalogue.caughtUp(shop.pool);
    expect(await differentRows(shop.pool, pool)).toEqual([]);
    await checkpoints.control(subscription, { desired: 'stopped' });
    await until('the slot is let go of', async () => (await slots(true)) === 0);
    await dropChangeFeed(shop.pool, subscription);
  });

  test('it is held where it is wanted to be held, and ends while it is held', async () => {
    await using catalogue = await catalogueUnderTest(shop.databaseUrl);
    const { checkpoints, subscription } = catalogue;
    await catalogue.start();
    await checkpoints.control(subscription, { desired: 'running' });
    await catalogue.caughtUp(shop.pool);
    const { position } = await checkpoints.load(subscription);
    await checkpoints.control(subscription, { holdAt: position });
    await shop.pool.query(`update artists set name = 'Held' where id = 1`);
    expect(await differentRows(shop.pool, catalogue.pool)).toHaveLength(2);
    expect((await ready(catalogue)).body.following).toMatchObject({ holdAt: String(position) });
    expect(await catalogue.process().end('SIGTERM')).toBe(0);
    await until('the slot is let go of', async () => (await slots(true)) === 0);

    await catalogue.start();
    await checkpoints.control(subscription, { holdAt: null });
    await catalogue.caughtUp(shop.pool);
    expect(await differentRows(shop.pool, catalogue.pool)).toEqual([]);
    await catalogue.kill();
    await dropChangeFeed(shop.pool, subscription);
  });

  test('a feed that is lost is reported, and goes on once it was put back to 0', async () => {
    await using catalogue = await catalogueUnderTest(shop.databaseUrl);
    const { checkpoints, subscription } = catalogue;
    await catalogue.start();
    await checkpoints.control(subscription, { desired: 'running' });
    await catalogue.caughtUp(shop.pool);
    await dropChangeFeed(shop.pool, subscription);
    await until('it says what is lost', async () => {
      const { error } = (await checkpoints.load(subscription)).reported ?? {};
      return error?.startsWith('slot-missing') ?? false;
    });
    expect((await ready(catalogue)).status).toBe(200);
    await checkpoints.reset(subscription, async () => {});
    await catalogue.caughtUp(shop.pool);
    expect(await differentRows(shop.pool, catalogue.pool)).toEqual([]);
    await until('the report is good again', async () => {
      const { reported } = await checkpoints.load(subscription);
      return reported !== undefined && reported.error === undefined;
    });
    await catalogue.kill();
    await dropChangeFeed(shop.pool, subscription);
  });
});

test('connections that break under it, its own and the monolith’s, cost it nothing', async () => {
  await using catalogue = await catalogueUnderTest(shop.databaseUrl);
  const { checkpoints, subscription } = catalogue;
  await catalogue.start();
  await checkpoints.control(subscription, { desired: 'running' });
  await catalogue.caughtUp(shop.pool);
  const breakAll = `select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and datname in (current_database(), $1)
      and (application_name = 'musiccorp-catalogue' or application_name like 'banyan%' || $2)`;
  const monolithDatabase = new URL(shop.databaseUrl).pathname.slice(1);
  const broken = await catalogue.pool.query(breakAll, [monolithDatabase, subscription]);
  expect(broken.rowCount).toBeGreaterThanOrEqual(3);
  await shop.pool.query('update items set sold_last_30_days = sold_last_30_days + 1');
  await catalogue.caughtUp(shop.pool);
  expect(await differentRows(shop.pool, catalogue.pool)).toEqual([]);
  expect((await fetch(`${catalogue.url()}/api/genres`)).status).toBe(200);
  const headers = { 'content-type': 'application/json' };
  const created = await fetch(`${catalogue.url()}/lists`, {
    method: 'POST',
    headers,
    body: '{"title":"Picks"}',
  });
  const wait = { 'banyan-wait-for': created.headers.get('banyan-position')! };
  const lists = async () => (await fetch(`${catalogue.url()}/lists`, { headers: wait })).json();
  await expect.poll(lists).toMatchObject({ lists: [{ title: 'Picks' }] });
});

describe('what it cannot start with', () => {
  const start = (env: Record<string, string>) => startProcess(fromSource(program), env);

  test.each([
    [{ DATABASE_URL: '' }, 'Set DATABASE_URL to the URL'],
    [{ DATABASE_URL: nowhere, MONOLITH_DATABASE_URL: nowhere }, 'No PostgreSQL server answers there'],
  ])('%j is one sentence and exit code 1', async (env, sentence) => {
    const failure = await start(env).then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(failure).toContain(`ended with 1: catalogue: `);
    expect(failure).toContain(sentence);
    expect(failure).not.toContain('secret');
    expect(failure!.trim().split('\n')).toHaveLength(1);
  });

  test('a port that is taken is told, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await using catalogue = await catalogueUnderTest(nowhere);
    const env = { DATABASE_URL: catalogue.databaseUrl, MONOLITH_DATABASE_URL: nowhere, PORT: String(port) };
    await expect(start(env)).rejects.toThrow(`ended with 1: catalogue: Port ${port} of 127.0.0.1 is in use`);
    taken.close();
  });
});
