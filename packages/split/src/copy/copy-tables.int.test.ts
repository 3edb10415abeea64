import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueDiff, catalogueDump } from '../catalogue/catalogue-dump.ts';
import { dropFeed } from '../feed/drop-feed.ts';
import { closeFence } from '../fence/close-fence.ts';
import { removeFence } from '../fence/open-fence.ts';
import type { SplitPlan } from '../plan/split-plan.ts';
import { forgetSides, prepareSides } from '../sides/prepare-side.ts';
import { runStatements } from '../sides/run-statements.ts';
import { openSides, type Sides } from '../sides/sides.ts';
import { abandonTarget } from './abandon-target.ts';
import { copyTables } from './copy-tables.ts';

const tables = `
  create table kind (name text primary key);
  create table stock (id int primary key, kind text references kind, code text not null, note text, unique (code) deferrable);
  create index on stock (kind, lower(note)) where note is not null;
  create table movement (id bigint not null, stock int references stock, ref int);
  create unique index movement_name on movement (id) include (ref);
  alter table movement replica identity using index movement_name`;

let sides: Sides;
let plan: SplitPlan;
const ended: (() => PromiseLike<unknown>)[] = [];

beforeEach(async () => {
  const [source, target] = [await testDatabase(), await testDatabase()];
  sides = openSides({ source: { url: source.url }, target: { url: target.url } });
  const name = `c${Math.random().toString(36).slice(2, 10)}`;
  plan = {
    name,
    service: 'warehouse',
    tables: ['kind', 'stock', 'movement'].map((one) => ({ name: `public.${one}` })),
  };
  ended.push(
    () => target[Symbol.asyncDispose](),
    () => source[Symbol.asyncDispose](),
    () => sides[Symbol.asyncDispose](),
    () => dropFeed(sides, plan, 'target'),
  );
  for (const side of [sides.source, sides.target]) await side.pool.query(tables);
  await sides.source.pool.query(`
    insert into kind values ('a'), ('b');
    insert into stock select g, 'a', 'c' || g, 'Note ' || g from generate_series(1, 3000) g;
    insert into movement select g, 1 + g % 3000, g from generate_series(1, 9000) g; analyze`);
});
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const prepared = async () => {
  await runStatements(sides, prepareSides(plan));
  await closeFence(sides, plan, 'target');
};
const indexes = async () => {
  const { rows } = await sides.target.pool.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index where indrelid in ('kind'::regclass, 'stock'::regclass, 'movement'::regclass) order by 1`,
  );
  return rows.map(({ name }) => name);
};

test('large tables are copied without what can be made again, whoever inserts there is refused, and then all is as before', {
  timeout: 120_000,
}, async () => {
  await prepared();
  const { source, target } = sides;
  const before = await catalogueDump(target.pool);
  const all = await indexes();
  const told: string[] = [];
  const during: string[][] = [];
  const refused: unknown[] = [];
  let updates = 0;
  const stopping = new AbortController();
  const writer = (async () => {
    const pool = connect(source.url, { max: 1 });
    // Updates need the index of the key at the target as soon as a table catches up.
    while (!stopping.signal.aborted)
      await pool.query('update movement set ref = ref + 1 where id = $1', [1 + (updates++ % 9_000)]);
    await pool.end();
  })();
  await copyTables(sides, plan, {
    slotMs: 60_000,
    asideFromRows: 3_000,
    onProgress: (text) => {
      told.push(text);
      during.push([]);
      const now = during.at(-1)!;
      void indexes().then((names) => now.push(...names));
      void target.pool
        .query('insert into movement values (0)')
        .catch((error: Error) => refused.push(error.message));
    },
  });
  stopping.abort();
  await writer;
  expect(told.join('\n')).toMatch(/the keys and indexes of "public"\."(stock|movement)" are made/);
  // Others refer to the keys of kind and stock; movement's is made again, and so is stock's second one.
  expect(during[0]).toEqual(['kind_pkey', 'stock_pkey']);
  await expect.poll(() => refused.length).toBe(told.length);
  expect(new Set(refused)).toEqual(
    new Set([expect.stringMatching(/public\.movement still belongs to the monolith/)]),
  );
  expect(await indexes()).toEqual(all);
  const left = catalogueDiff(before, await catalogueDump(target.pool)).filter(
    (line) => !line.includes('banyan_split'),
  );
  expect(left).toEqual([]);
  const sum = async (pool: typeof source.pool) =>
    (await pool.query('select count(*), sum(ref) from movement')).rows[0];
  await expect.poll(() => sum(target.pool), { timeout: 30_000 }).toEqual(await sum(source.pool));
});

test('a copy waits while the source has too much to do, says so, and for no longer than it was told last', {
  timeout: 120_000,
}, async () => {
  await prepared();
  const { source, target } = sides;
  const busy = await source.pool.connect();
  const { rows } = await busy.query<{ pid: number }>('select pg_backend_pid() as pid');
  const working = busy.query('select pg_sleep(600)').catch(() => undefined);
  const told: string[] = [];
  const schema = `banyan_split_${plan.name}`;
  const waits: Promise<unknown>[] = [];
  try {
    await copyTables(sides, plan, {
      slotMs: 60_000,
      asideFromRows: 3_000,
      load: { sessions: 0, probeMs: 60_000, standbyLagMs: 60_000 },
      onProgress: (text) => {
        told.push(text);
        if (waits.length === 0 && text.includes('pauses'))
          waits.push(target.pool.query(`select ${schema}.wait()`));
      },
    });
  } finally {
    await source.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await working;
    busy.release(true);
  }
  // Nobody else's rows wait once it has lapsed.
  await Promise.all(waits);
  const paced = await target.pool.query(`select from pg_constraint where conname = 'banyan_pace'`);
  expect(paced.rowCount).toBe(0);
  const waiting = async (ms: number) => {
    await target.pool.query(`update ${schema}.pace set until = clock_timestamp() + interval '${ms} ms'`);
    const began = performance.now();
    await target.pool.query(`select ${schema}.wait()`);
    return performance.now() - began;
  };
  expect(await waiting(300)).toBeGreaterThan(250);
  expect(
    told.filter((text) =>
      /pauses, because \d+ sessions? (is|are) at work at the source, more than 0/.test(text),
    ),
  ).not.toEqual([]);
});

test('a copy that is broken off goes on, and one that is given up leaves the tables as they were', {
  timeout: 120_000,
}, async () => {
  await prepared();
  const { target } = sides;
  const before = (await catalogueDump(target.pool)).filter((line) => !line.includes('banyan'));
  const copy = (signal?: AbortSignal, onProgress?: (text: string) => void) =>
    copyTables(sides, plan, {
      slotMs: 60_000,
      asideFromRows: 3_000,
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
  for (const moment of [/./, /are made/]) {
    const broken = new AbortController();
    const copying = copy(broken.signal, (text) => {
      if (moment.test(text)) broken.abort();
    });
    await expect(copying).rejects.toThrow(/abort/i);
  }
  await copy();
  expect((await target.pool.query('select count(*)::int from movement')).rows).toEqual([{ count: 9_000 }]);

  await dropFeed(sides, plan, 'target');
  await abandonTarget(sides, plan);
  const broken = new AbortController();
  await expect(copy(broken.signal, () => broken.abort())).rejects.toThrow(/abort/i);
  expect((await indexes()).length).toBeLessThan(5);
  await dropFeed(sides, plan, 'target');
  await abandonTarget(sides, plan);
  expect(await indexes()).toHaveLength(5);
  await removeFence(sides, plan, 'target');
  await runStatements(sides, forgetSides(plan));
  expect(catalogueDiff(before, await catalogueDump(target.pool))).toEqual([]);
});
