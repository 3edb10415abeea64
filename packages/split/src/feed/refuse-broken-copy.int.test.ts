import { connect } from '@banyan/postgres';
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
