import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScript, startScript } from '../monolith/testing/run-script.ts';
import { type Json, type RunningShop, runShop, startServer } from '../monolith/testing/running-shop.ts';

const SHOPPERS = new URL('./shoppers.js', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'shoppers-'));
let shop: RunningShop;

beforeAll(async () => {
  shop = await runShop(await testDatabase());
});
afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const settings = (name: string, more: Record<string, string> = {}) => ({
  BASE_URL: shop.url,
  REPORT: join(directory, name),
  RATE: '150',
  DURATION_S: '4',
  ...more,
});
const report = (name: string): Json => JSON.parse(readFileSync(join(directory, name), 'utf8'));
const orders = async () => (await shop.rows('select count(*)::integer from orders'))[0]?.[0];

test('people shop while the nightly job runs: no failures, every invariant holds, and the tallies are right', async () => {
  const before = await orders();
  const shoppers = startScript(SHOPPERS, settings('busy', { DURATION_S: '60' }));
  await shop.nightly();
  await expect.poll(() => enoughOf('busy'), { timeout: 25_000 }).toBe(true);
  shoppers.child.kill('SIGTERM');
  expect(await shoppers.ended).toEqual({ code: 0, stderr: '' });
  const tallies = report('busy');
  expect(tallies).toMatchObject({ ended: true, runs: 1, failures: 0, ordersUnknown: 0, lastFailures: [] });
  expect(tallies.requests).toBe(tallies.reads + tallies.writes);
  expect(tallies.ordersAcknowledged).toBe((await orders()) - before);
  expect(tallies.p99).toBeGreaterThanOrEqual(tallies.p50);
  expect(await shop.broken()).toEqual([]);
});

test('a run that is asked to stop ends well, and the next one continues its tallies', async () => {
  const first = startScript(SHOPPERS, settings('twice', { DURATION_S: '60' }));
  await expect.poll(() => reads('twice')).toBeGreaterThan(20);
  first.child.kill('SIGTERM');
  expect(await first.ended).toEqual({ code: 0, stderr: '' });
  const stopped = report('twice');
  expect(stopped.ended).toBe(true);

  const second = startScript(SHOPPERS, settings('twice', { DURATION_S: '60' }));
  await expect.poll(() => reads('twice')).toBeGreaterThan(stopped.reads);
  second.child.kill('SIGTERM');
  await second.ended;
  const continued = report('twice');
  expect(continued).toMatchObject({ ended: true, runs: 2, startedAt: stopped.startedAt });
  expect(continued.requests).toBeGreaterThan(stopped.requests);
});

/** Whether a run has done a little of everything. */
function enoughOf(name: string): boolean {
  if (reads(name) === 0) return false;
  const { requests, returnsAcknowledged, editsAcknowledged } = report(name);
  return requests > 200 && returnsAcknowledged > 0 && editsAcknowledged > 0;
}

function reads(name: string): number {
  try {
    return report(name).reads;
  } catch {
    return 0;
  }
}

test('when the shop dies, reads fail and orders without a reply are unknown, but none is lost', async () => {
  const before = await orders();
  const mortal = startServer(shop.databaseUrl);
  const BASE_URL = (await mortal.firstLine).replace('musiccorp listening on ', '');
  const shoppers = startScript(SHOPPERS, settings('outage', { BASE_URL, DURATION_S: '60' }));
  await expect.poll(() => reads('outage')).toBeGreaterThan(50);
  mortal.child.kill('SIGKILL');
  await expect.poll(() => report('outage').ordersUnknown).toBeGreaterThan(0);
  shoppers.child.kill('SIGTERM');
  await shoppers.ended;
  const tallies = report('outage');
  expect(tallies.failures).toBeGreaterThan(0);
  expect(tallies.lastFailures).toHaveLength(10);
  expect(tallies.lastFailures[0]).toMatchObject({
    at: expect.any(String),
    method: 'GET',
    reason: expect.any(String),
  });
  const placed = (await orders()) - before;
  expect(placed).toBeGreaterThanOrEqual(tallies.ordersAcknowledged);
  expect(placed).toBeLessThanOrEqual(tallies.ordersAcknowledged + tallies.ordersUnknown);
  expect(await shop.broken()).toEqual([]);
});

test.each([
  [{ BASE_URL: 'shop' }, 'BASE_URL must be'],
  [{ REPORT: '' }, 'REPORT must be'],
  [{ RATE: 'fast' }, 'RATE must be a number'],
])('settings with %j are refused with a sentence', async (wrong, sentence) => {
  expect(await runScript(SHOPPERS, { ...settings('wrong'), ...wrong })).toEqual({
    code: 1,
    stderr: expect.stringContaining(sentence),
  });
});
