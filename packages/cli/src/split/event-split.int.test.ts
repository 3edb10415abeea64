import { prepareDatabase } from '@banyan/postgres';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { catalogueOf } from '../testing/catalogue.ts';
import { type SplitsSystem, splitsSystem } from '../testing/splits-system.ts';
import { levelsSchema, sell } from '../testing/stock-events.ts';
import { followSplit } from './follow-split.ts';
import { openSplit } from './open-split.ts';

const stock = `{
  service: 'warehouse', tables: ['public.stock'], limits: { slotMs: 30000, switchMs: 20000 },
  reshape: { into: code.into, forth: code.forth, back: code.back, events: code.events },
}`;

/** More than two transactions of a copy take. */
const articles = 1_200;

async function eventSystem(): Promise<SplitsSystem> {
  const system = await splitsSystem({ stock }, 'stock-events.ts');
  await system.monolith.query(`
    create table stock (id int primary key, item text, count int not null, revision int not null default 0);
    insert into stock select g, 'article ' || g, g from generate_series(1, ${articles}) g`);
  await system.warehouse.query(levelsSchema);
  return system;
}

const one = async (pool: pg.Pool, sql: string) => (await pool.query(sql)).rows[0];

/** Counts articles at the monolith until it is refused or stopped. */
function startCounting(pool: pg.Pool) {
  let stopping = false;
  const wrong: unknown[] = [];
  const done = (async () => {
    for (let turn = 0; !stopping; turn++) {
      const id = 1 + ((turn * 7) % 20);
      await pool
        .query('update stock set count = count + 1, revision = revision + 1 where id = $1', [id])
        .catch((error: { code?: string }) => {
          if (error.code !== '55000') wrong.push(error);
          stopping = true;
        });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  return {
    async stop() {
      stopping = true;
      await done;
      return wrong;
    },
  };
}

/**
 * Ends the sessions of the split as they end where a process is killed, so that what they had under way is rolled back: once while rows are copied, twice
 * while they become events, and three times afterwards, as far as the moments are met.
 */
function startBreaking(pool: pg.Pool, schema: string) {
  const left = { copying: 1, appending: 2, following: 3 };
  let stopping = false;
  const done = (async () => {
    while (!stopping) {
      const found: { waiting: boolean; filled: boolean } | undefined = await one(
        pool,
        `select exists (select from ${schema}.waiting_rows) as waiting, exists (select from ${schema}.filled_streams) as filled`,
      ).catch(() => undefined);
      const now = found?.waiting ? (found.filled ? 'appending' : 'copying') : 'following';
      if (found !== undefined && (found.waiting || found.filled) && left[now] > 0) {
        left[now] -= 1;
        await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'banyan-split'`);
      }
      await new Promise((resolve) => setTimeout(resolve, now === 'following' ? 50 : 5));
    }
  })();
  return {
    async stop() {
      stopping = true;
      await done;
      return left;
    },
  };
}

/** Each change has raised the revision by one, so one that was lost or came twice shows. */
const brokenSql = `
  select count(*)::int as broken from (
    select (data ->> 'revision')::int - lag((data ->> 'revision')::int) over (partition by stream_id order by version) as step
    from banyan.events where type = 'StockCounted') steps
  where step <> 1`;

describe('a split into a service that keeps events', { timeout: 120_000 }, () => {
  test('appends what the rows mean once, whatever breaks in between, and an aborted one can be run again', async () => {
    await using system = await eventSystem();
    const { monolith, warehouse, banyan } = system;
    expect(await banyan('run', 'stock')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has no event store.*prepareDatabase/),
    });
    await prepareDatabase(warehouse);
    const before = await catalogueOf(warehouse);
    const counting = startCounting(monolith);

    const breaking = startBreaking(warehouse, `banyan_split_${system.nameOf('stock')}`);
    let ended = await banyan('run', 'stock');
    for (let tries = 1; ended.code !== 0 && tries < 30; tries++) ended = await banyan('run', 'stock');
    await breaking.stop();
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/0 missing, 0 extra, 0 different/),
    });
    expect(
      await one(warehouse, 'select count(distinct stream_id)::int as streams from banyan.events'),
    ).toEqual({
      streams: articles,
    });
    expect(await one(warehouse, brokenSql)).toEqual({ broken: 0 });
    await expect(sell(warehouse, 1, 1)).rejects.toThrow(/public.levels still belongs to the monolith/);

    expect((await banyan('abort', 'stock')).stdout).toMatch(/nothing of it is left/);
    expect(await one(warehouse, 'select count(*)::int as events from banyan.events')).toEqual({ events: 0 });
    expect(await catalogueOf(warehouse)).toEqual(before);
    expect((await banyan('run', 'stock')).code).toBe(0);
    expect(await one(warehouse, brokenSql)).toEqual({ broken: 0 });
    expect(await counting.stop()).toEqual([]);
  });

  test('is followed back and forth while the service appends by itself, and is not begun over what it appended', async () => {
    await using system = await eventSystem();
    const { monolith, warehouse, banyan } = system;
    await prepareDatabase(warehouse);
    const before = await catalogueOf(monolith);
    let counting = startCounting(monolith);
    expect((await banyan('run', 'stock', '--dry-run')).stdout).toMatch(
      /until the events of the rows are in the log of the service/,
    );
    expect((await banyan('run', 'stock')).code).toBe(0);
    await using open = await openSplit(await loadConfig(system.configFile), system.nameOf('stock'), {
      lock: false,
    });
    const stopping = new AbortController();
    const following = followSplit(open, stopping.signal);
    expect(await banyan('cutover', 'stock')).toMatchObject({ code: 0 });
    expect(await counting.stop()).toEqual([]);
    expect(await one(warehouse, brokenSql)).toEqual({ broken: 0 });

    const { sum } = await one(warehouse, 'select sum(on_hand)::int as sum from levels');
    await Promise.all(Array.from({ length: 40 }, (_, turn) => sell(warehouse, 1 + (turn % 20), 2)));
    const there = () => one(monolith, 'select sum(count)::int as sum from stock');
    await expect.poll(there, { timeout: 20_000 }).toEqual({ sum: sum - 80 });
    expect(await banyan('verify', 'stock')).toMatchObject({ code: 0 });

    expect(await banyan('reverse', 'stock')).toMatchObject({ code: 0 });
    await expect(sell(warehouse, 1, 1)).rejects.toThrow(/levels/);
    counting = startCounting(monolith);
    await monolith.query(`delete from stock where id = 1000; insert into stock values (2000, 'new', 1)`);
    expect(await banyan('verify', 'stock')).toMatchObject({ code: 0 });
    expect(await banyan('cutover', 'stock')).toMatchObject({ code: 0 });
    expect(await counting.stop()).toEqual([]);
    await sell(warehouse, 2000, 1);
    await expect
      .poll(() => one(monolith, 'select count from stock where id = 2000'), { timeout: 20_000 })
      .toEqual({ count: 0 });
    expect(
      await one(
        warehouse,
        `select string_agg(type, ' ' order by version) as types from banyan.events where stream_id = 'stock-1000'`,
      ),
    ).toEqual({ types: 'StockCounted StockDropped' });

    expect(await banyan('reverse', 'stock')).toMatchObject({ code: 0 });
    stopping.abort();
    expect(await following).toBe('stopped');
    const aborted = await banyan('abort', 'stock');
    expect(aborted.stdout).toMatch(/stock is aborted\. 21 streams stay in the log of the service/);
    expect(aborted.stdout).not.toMatch(/nothing of it is left/);
    expect(await catalogueOf(monolith)).toEqual(before);
    expect(await banyan('run', 'stock')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/stock-\d+.*begun by somebody else.*abort/s),
    });
  });
});
