import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CatalogueUnderTest, catalogueUnderTest } from './testing/catalogue-under-test.ts';
import { differentRows } from './testing/compare-tables.ts';
import { anyEdit } from './testing/edits.ts';
import { ListWriter } from './testing/list-writer.ts';
import { type Shop, startShop } from './testing/shop.ts';
import { until } from './testing/until.ts';

let shop: Shop;
let catalogue: CatalogueUnderTest;

beforeAll(async () => {
  shop = await startShop();
  // Enough rows that a snapshot takes many steps.
  await shop.pool.query(`insert into artists (name, country_code, formed_in)
    select 'Artist ' || n, 'GB', 1990 from generate_series(1, 20000) n`);
  catalogue = await catalogueUnderTest(shop.databaseUrl);
  await catalogue.start();
});

afterAll(async () => {
  await catalogue?.[Symbol.asyncDispose]();
  await shop?.[Symbol.asyncDispose]();
});

async function artists() {
  const { rows } = await catalogue.pool.query<{ n: number }>(
    'select count(*)::int as n from catalogue.artists',
  );
  return rows[0]!.n;
}

/** Edits race: what one needs another may have deleted, or they may lock each other out. PostgreSQL then refuses one, whole. */
function refused(error: { readonly code?: string }): void {
  const foreignKey = '23503';
  const deadlock = '40P01';
  if (error.code !== foreignKey && error.code !== deadlock) throw error;
}

test('killed in the middle of its snapshot, the service takes another and has every row once', async () => {
  await catalogue.checkpoints.control(catalogue.subscription, { desired: 'running' });
  await until('some rows have come', async () => (await artists()) > 0);
  await catalogue.kill();
  expect((await catalogue.checkpoints.load(catalogue.subscription)).position).toBe(0n);
  expect(await artists()).toBeLessThan(20_000);
  await catalogue.start();
  await catalogue.caughtUp(shop.pool);
  expect(await differentRows(shop.pool, catalogue.pool)).toEqual([]);
});

test('killed again and again under load, it neither loses nor doubles a row, a command or an event', async () => {
  let restarted = Promise.resolve();
  let done = false;
  const edits = fc.sample(anyEdit, { numRuns: 600, seed: 5 });
  const edit = async () => {
    for (let next = edits.pop(); next !== undefined; next = edits.pop()) await next.make(shop).catch(refused);
  };
  const writers = [1, 2, 3].map((seed) => new ListWriter(seed, catalogue.url, () => restarted));
  const write = (writer: ListWriter) => writer.write(() => done);
  const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged, 0);

  const editing = Promise.all([edit(), edit(), edit()]);
  const writing = Promise.all(writers.map(write));
  for (const left of [450, 300, 150]) {
    const before = acknowledged();
    await until('there was load', () => edits.length < left && acknowledged() > before + 20);
    restarted = catalogue.kill().then(catalogue.start);
    await restarted;
  }
  await editing;
  done = true;
  await writing;

  await catalogue.caughtUp(shop.pool);
  expect(await differentRows(shop.pool, catalogue.pool)).toEqual([]);
  for (const writer of writers) expect(await writer.shown()).toEqual(writer.expected());
  const { rows } = await catalogue.pool.query<{ n: number }>('select count(*)::int as n from banyan.events');
  expect(rows[0]!.n).toBe(acknowledged());
  const miscounted = `select l.list_id from catalogue.lists l
    where l.items <> (select count(*) from catalogue.list_items p where p.list_id = l.list_id)`;
  expect((await catalogue.pool.query(miscounted)).rows).toEqual([]);
});
