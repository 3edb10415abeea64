import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from '@banyan/postgres';
import { startEmbeddedServer } from '@banyan/postgres/embedded';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import type { SplitPlan } from '../plan/split-plan.ts';
import { prepareSides } from '../sides/prepare-side.ts';
import { runStatements } from '../sides/run-statements.ts';
import { openSides } from '../sides/sides.ts';
import { dropFeed } from './drop-feed.ts';
import { awaitFeed, establishFeed } from './establish-feed.ts';
import { refuseBrokenCopy } from './refuse-broken-copy.ts';

test('a copy whose slot is gone is told of, and one that is being ended is not', {
  timeout: 60_000,
}, async () => {
  await using source = await testDatabase();
  await using target = await testDatabase();
  const [from, into] = [connect(source.url), connect(target.url)];
  const sides = openSides({ source: { url: source.url }, target: { url: target.url } });
  const name = `b${Math.random().toString(36).slice(2, 10)}`;
  const plan: SplitPlan = { name, service: 'warehouse', tables: [{ name: 'public.stock' }] };
  for (const pool of [from, into]) await pool.query('create table stock (id int primary key)');
  await from.query('insert into stock select generate_series(1, 10)');
  await runStatements(sides, prepareSides(plan));
  try {
    await establishFeed(sides, plan, 'target', { copy: true, slotMs: 30_000 });
    const asked = { going: true };
    const asking = (async () => {
      while (asked.going) await refuseBrokenCopy(sides, plan, 'target');
    })();
    await awaitFeed(sides, plan, 'target', 30_000);
    asked.going = false;
    await asking;
    // As it is after a crash between the copy and its end, with the slot dropped by somebody.
    await into.query("update pg_subscription_rel set srsubstate = 'f', srsublsn = null");
    const told = async () => {
      await refuseBrokenCopy(sides, plan, 'target');
      return false;
    };
    const broken = expect.objectContaining({
      code: 'copy-broken',
      message: expect.stringMatching(/stock.*abort/s),
    });
    await expect
      .poll(() => told().catch((error: unknown) => error), { timeout: 30_000, interval: 20 })
      .toEqual(broken);
  } finally {
    await dropFeed(sides, plan, 'target');
    await sides[Symbol.asyncDispose]();
    await Promise.all([from.end(), into.end()]);
  }
});

test('a copy whose slot has lost its log is told of', { timeout: 120_000 }, async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'banyan-lost-'));
  // The server's user must get in when we are root.
  await chmod(dir, 0o755);
  const binaries = process.env.BANYAN_TEST_BINARIES;
  const settings = {
    fsync: false,
    max_slot_wal_keep_size: '16MB',
    min_wal_size: '32MB',
    max_wal_size: '32MB',
  };
  const server = await startEmbeddedServer({ dir, settings, ...(binaries ? { binaries } : {}) });
  try {
    for (const name of ['source', 'target']) await server.createDatabase(name);
    await using sides = openSides({
      source: { url: server.url('source') },
      target: { url: server.url('target') },
    });
    const plan: SplitPlan = { name: 'lost', service: 'warehouse', tables: [{ name: 'public.stock' }] };
    for (const { pool } of [sides.source, sides.target])
      await pool.query('create table stock (id int primary key)');
    await runStatements(sides, prepareSides(plan));
    await establishFeed(sides, plan, 'target', { copy: true, slotMs: 30_000 });
    await awaitFeed(sides, plan, 'target', 30_000);
    // As it is when the rows are copied, and the worker has not caught up yet.
    const { rows } = await sides.target.pool.query(
      "update pg_subscription_rel set srsubstate = 'f', srsublsn = null where srrelid = 'stock'::regclass returning srsubid, srrelid",
    );
    const slot = `pg_${rows[0].srsubid}_sync_${rows[0].srrelid}_1`;
    await sides.source.pool.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
    await refuseBrokenCopy(sides, plan, 'target');
    for (let segment = 0; segment < 4; segment++)
      await sides.source.pool.query("select pg_logical_emit_message(false, 'fill', 'x'), pg_switch_wal()");
    await sides.source.pool.query('checkpoint');
    await expect(refuseBrokenCopy(sides, plan, 'target')).rejects.toMatchObject({
      code: 'copy-broken',
      message: expect.stringMatching(/stock can.t go on.*max_slot_wal_keep_size is 16MB.*abort lost/),
    });
    await dropFeed(sides, plan, 'target');
  } finally {
    await server.destroy();
  }
});
