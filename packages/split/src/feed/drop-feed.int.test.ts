import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import type { SplitPlan } from '../plan/split-plan.ts';
import { prepareSides } from '../sides/prepare-side.ts';
import { runStatements } from '../sides/run-statements.ts';
import { openSides } from '../sides/sides.ts';
import { dropFeed } from './drop-feed.ts';
import { establishFeed } from './establish-feed.ts';
import { createPublication, createSlot } from './feed-statements.ts';

const slotsSql = `
  select active_pid as pid from pg_replication_slots
  where database = current_database() and slot_name like 'pg\\_%\\_sync\\_%' and active_pid is not null`;

// The server that copies asks for a slot, which waits for all open transactions, on one server also for that of who takes the feed down.
test('a feed is taken down while the slots of its copy wait for a transaction that is open', {
  timeout: 120_000,
}, async () => {
  await using source = await testDatabase();
  await using target = await testDatabase();
  const sides = openSides({ source: { url: source.url }, target: { url: target.url } });
  const [from, other] = [connect(source.url), connect(source.url, { max: 1 })];
  const name = `d${Math.random().toString(36).slice(2, 10)}`;
  const plan: SplitPlan = { name, service: 'warehouse', tables: [{ name: 'public.stock' }] };
  const open = await other.connect();
  try {
    for (const { pool } of [sides.source, sides.target])
      await pool.query('create table stock (id int primary key)');
    await runStatements(sides, prepareSides(plan));
    await runStatements(sides, [...createPublication(plan, 'target'), ...createSlot(plan, 'target')]);
    await open.query('begin; insert into stock values (1)');
    await establishFeed(sides, plan, 'target', { copy: true, slotMs: 30_000 });
    await expect.poll(async () => (await from.query(slotsSql)).rows.length).toBeGreaterThan(0);
    await dropFeed(sides, plan, 'target');
    const { rows } = await from.query('select from pg_replication_slots where database = current_database()');
    expect(rows).toEqual([]);
    expect((await sides.target.pool.query('select from pg_subscription_rel')).rows).toEqual([]);
    expect((await open.query('select count(*)::int as rows from stock')).rows).toEqual([{ rows: 1 }]);
  } finally {
    await open.query('rollback').catch(() => undefined);
    open.release(true);
    await Promise.all([from.end(), other.end()]);
    await dropFeed(sides, plan, 'target');
    await sides[Symbol.asyncDispose]();
  }
});
