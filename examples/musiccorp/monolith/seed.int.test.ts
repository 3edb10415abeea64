import { testDatabase } from '@banyan/postgres/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningShop, runShop, seedShop } from './testing/running-shop.ts';

const FINGERPRINT = `
  select md5(string_agg(t, '' order by t)) from (
    select i::text as t from items i union all select o::text from orders o union all select c::text from customers c) as all_rows`;

async function ask(databaseUrl: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  await client.end();
  return rows[0]?.[0];
}

describe('a seeded shop', () => {
  let shop: RunningShop;
  beforeAll(async () => {
    shop = await runShop(await testDatabase());
  });
  afterAll(() => shop?.[Symbol.asyncDispose]());

  test('has the size that its scale asks for', async () => {
    const [counts] = await shop.rows(
      `select (select count(*)::integer from items), (select count(*)::integer from customers), (select count(*)::integer from orders)`,
    );
    expect(counts).toEqual([240, 100, 1000]);
  });

  test('keeps every invariant', async () => {
    expect(await shop.broken()).toEqual([]);
  });

  test('sells a tenth of its items more often than a third of the time', async () => {
    const [[share] = []] = await shop.rows(`
      with sold as (
        select i.id, coalesce(sum(l.quantity), 0) as n, ntile(10) over (order by coalesce(sum(l.quantity), 0) desc) as tenth
        from items i left join order_lines l on l.item_id = i.id group by i.id)
      select (sum(n) filter (where tenth = 1) / sum(n))::float from sold`);
    expect(share).toBeGreaterThan(1 / 3);
  });

  test('sells most before Christmas', async () => {
    const months = await shop.rows(
      'select extract(month from placed_at)::integer from orders group by 1 order by count(*) desc limit 2',
    );
    expect(months.flat()).toContain(12);
  });

  test('has a primary key on every table', async () => {
    const without = await shop.rows(`
      select c.relname from pg_class c
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        and not exists (select from pg_index x where x.indrelid = c.oid and x.indisprimary)`);
    expect(without).toEqual([]);
  });

  test('has some descriptions that are stored outside their row', async () => {
    const [[stored] = []] = await shop.rows(
      `select pg_relation_size(reltoastrelid) > 0 from pg_class where oid = 'public.items'::regclass`,
    );
    expect(stored).toBe(true);
  });

  test('is left as it is by a second seed', async () => {
    const before = await shop.rows(FINGERPRINT);
    const end = await seedShop(shop.databaseUrl, { SEED: 'another' });
    expect(end).toMatchObject({ code: 0, stderr: expect.stringContaining('there already') });
    expect(await shop.rows(FINGERPRINT)).toEqual(before);
  });
});

test('the same seed fills two databases alike, another seed differently', async () => {
  await using first = await testDatabase();
  await using second = await testDatabase();
  await using third = await testDatabase();
  const env = { SCALE: '0.005', SEED_UNTIL: '2026-03-01' };
  await seedShop(first.url, { ...env, SEED: 'a' });
  await seedShop(second.url, { ...env, SEED: 'a' });
  await seedShop(third.url, { ...env, SEED: 'b' });
  const fingerprint = await ask(first.url, FINGERPRINT);
  expect(await ask(second.url, FINGERPRINT)).toBe(fingerprint);
  expect(await ask(third.url, FINGERPRINT)).not.toBe(fingerprint);
});

test('a seed with a wrong scale says so and leaves the database empty', async () => {
  await using database = await testDatabase();
  const end = await seedShop(database.url, { SCALE: 'big' });
  expect(end).toEqual({ code: 1, stderr: expect.stringContaining('SCALE must be a number') });
  expect(await ask(database.url, `select to_regclass('public.items')`)).toBeNull();
});
