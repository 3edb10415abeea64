import assert from 'node:assert/strict';
import { Conflict } from '../errors/errors.ts';
import { type Lane, laneName } from '../subscription/lane.ts';
import { systemTiming } from '../timing/timing.ts';
import type { CheckpointStoreUnderTest } from './checkpoint-store-contract.ts';
import { uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

const LONG_MS = 600_000;
const nothing = async () => {};

/** A subscription in lanes, and leases as fences. */
export function checkpointStoreLanes<Tx>(
  port: TestPort,
  makeSubject: Make<CheckpointStoreUnderTest<Tx>>,
): void {
  const test = testWith(port, makeSubject);

  test('has as many lanes as the first one wants, and stays so', async ({ store }) => {
    const [divided, whole] = [uniqueName('divided'), uniqueName('whole')];
    const lanes = await store.lanes(divided, 3, 'stopped');
    assert.deepEqual(
      lanes.map(laneName),
      [1, 2, 3].map((number) => `${divided}/${number}of3`),
    );
    assert.deepEqual(await store.lanes(divided, 8), lanes);
    assert.deepEqual(await store.load(divided), { position: 0n, desired: 'stopped', lanes: 3 });
    assert.deepEqual(await store.load(laneName(lanes[1]!)), { position: 0n, desired: 'stopped' });
    await store.load(whole);
    await store.advance(whole, { from: 0n, to: 1n }, nothing);
    assert.deepEqual((await store.lanes(whole, 3)).map(laneName), [whole]);
  });

  test('is divided once by many who come first', async ({ store }) => {
    const name = uniqueName('first');
    const made = await Promise.all([2, 3, 4, 5].map((lanes) => store.lanes(name, lanes)));
    for (const lanes of made) assert.deepEqual(lanes, made[0]);
  });

  test('is as far as its slowest lane', async ({ store, write, written }) => {
    const name = uniqueName('slowest');
    const [one, two] = (await store.lanes(name, 2)).map(laneName);
    assert.equal(await store.advance(one!, { from: 0n, to: 9n }, (tx) => write(tx, `${name} a`)), 'advanced');
    assert.equal((await store.load(name)).position, 0n);
    assert.equal(await store.advance(two!, { from: 0n, to: 4n }), 'advanced');
    assert.equal((await store.load(name)).position, 4n);
    assert.equal((await store.load(one!)).position, 9n);
    assert.deepEqual(await written(name), [`${name} a`]);
    // Who knows of no lanes moves nothing.
    assert.equal(await store.advance(name, { from: 4n, to: 10n }, nothing), 'moved');
  });

  test('wants of every lane what is wanted of the subscription', async ({ store }) => {
    const name = uniqueName('wanted');
    const lanes = (await store.lanes(name, 2)).map(laneName);
    await store.control(name, { holdAt: 5n });
    for (const lane of lanes) assert.equal(await store.advance(lane, { from: 0n, to: 6n }, nothing), 'held');
    const stopped = await store.control(name, { desired: 'stopped', holdAt: null, reset: true });
    assert.deepEqual(stopped, { position: 0n, desired: 'stopped', resetWanted: true, lanes: 2 });
    for (const lane of lanes)
      assert.equal(await store.advance(lane, { from: 0n, to: 6n }, nothing), 'stopped');
    assert.equal((await store.load(lanes[1]!)).resetWanted, true);
  });

  test('wakes who waits for the subscription when a lane moves', async ({ store }) => {
    const name = uniqueName('awaited');
    const [lane] = (await store.lanes(name, 2)).map(laneName);
    const started = Date.now();
    let woken = false;
    const change = store.changed(name, 25_000).then(() => {
      woken = true;
    });
    for (let at = 0n; !woken && at < 200n; at += 1n) {
      await store.advance(lane!, { from: at, to: at + 1n });
      await Promise.race([change, systemTiming.sleep(50)]);
    }
    await change;
    assert.ok(Date.now() - started < 20_000, 'woken by the time-out only');
  });

  test('puts all lanes back with one reset', async ({ store, write, written }) => {
    const name = uniqueName('reset');
    const [one, two] = (await store.lanes(name, 2)).map(laneName);
    await store.advance(one!, { from: 0n, to: 9n });
    await store.control(name, { reset: true });
    assert.equal(await store.reset(name, (tx) => write(tx, `${name} emptied`)), 'reset');
    assert.deepEqual(await store.load(name), { position: 0n, desired: 'running', lanes: 2 });
    assert.deepEqual(await store.load(one!), { position: 0n, desired: 'running' });
    assert.equal(await store.advance(one!, { from: 9n, to: 10n }, nothing), 'moved');
    assert.equal(await store.advance(two!, { from: 0n, to: 3n }, nothing), 'advanced');
    assert.deepEqual(await written(name), [`${name} emptied`]);
  });

  test('is divided otherwise only while all lanes are at one position', async ({ store }) => {
    const name = uniqueName('redivided');
    const old = (await store.lanes(name, 2)).map(laneName);
    await store.advance(old[0]!, { from: 0n, to: 9n });
    const apart = (error: unknown) => error instanceof Conflict && error.code === 'lanes-apart';
    await assert.rejects(store.divide(name, 3), apart);
    await store.advance(old[1]!, { from: 0n, to: 9n });
    const now = (await store.divide(name, 3)).map(laneName);
    assert.deepEqual(await store.load(name), { position: 9n, desired: 'running', lanes: 3 });
    const changed = (error: unknown) => error instanceof Conflict && error.code === 'lanes-changed';
    await assert.rejects(store.load(old[0]!), changed);
    for (const lane of now)
      assert.equal(await store.advance(lane, { from: 9n, to: 10n }, nothing), 'advanced');
    assert.deepEqual(await store.divide(name, 1), [{ subscription: name, number: 1, of: 1 } satisfies Lane]);
    assert.equal(await store.advance(name, { from: 10n, to: 11n }, nothing), 'advanced');
    assert.equal((await store.divide(name, 2)).length, 2);
    assert.equal((await store.load(name)).position, 11n);
  });

  test('changes nothing for another version than the one that began', async ({ store, write, written }) => {
    const name = uniqueName('version');
    const [one, two] = (await store.lanes(name, 2)).map(laneName);
    const step = (lane: string, from: bigint, version?: number) =>
      store.advance(lane, { from, to: from + 1n, version }, (tx) => write(tx, `${name} ${version}`));
    assert.equal(await step(one!, 0n, 1), 'advanced');
    assert.equal(await step(one!, 1n, 2), 'superseded');
    assert.equal(await step(one!, 1n), 'advanced');
    assert.equal(await step(two!, 0n, 1), 'advanced');
    assert.equal((await store.load(name)).version, 1);
    assert.deepEqual([...(await written(name))].sort(), [`${name} 1`, `${name} 1`, `${name} undefined`]);
  });

  test('becomes of one version as a whole, once', async ({ store, write }) => {
    const name = uniqueName('version');
    const [one, two] = (await store.lanes(name, 2)).map(laneName);
    assert.equal((await store.control(name, { version: 2 })).version, 2);
    assert.equal((await store.control(name, { version: 1 })).version, 2);
    const step = (lane: string, version: number) =>
      store.advance(lane, { from: 0n, to: 1n, version }, (tx) => write(tx, `${name} ${version}`));
    assert.equal(await step(one!, 1), 'superseded');
    assert.equal(await step(two!, 2), 'advanced');
  });

  test('changes nothing for who has lost the lease', async (subject) => {
    const { store, leases, write, written } = subject;
    const name = uniqueName('fenced');
    const key = { group: name, name: 'lane' };
    await store.load(name);
    const old = (await leases.acquire(key, 'a', LONG_MS))!;
    const step = { from: 0n, to: 2n };
    assert.equal(
      await store.advance(name, { ...step, fence: old }, (tx) => write(tx, `${name} a`)),
      'advanced',
    );
    await leases.release([old]);
    const late = (tx: Tx) => write(tx, `${name} late`);
    const next = { from: 2n, to: 3n };
    assert.equal(await store.advance(name, { ...next, fence: old }, late), 'fenced');
    const fence = (await leases.acquire(key, 'b', LONG_MS))!;
    assert.equal(await store.advance(name, { ...next, fence: old }, late), 'fenced');
    assert.equal(await store.reset(name, late, old), 'fenced');
    assert.equal(await store.advance(name, { ...next, fence }, (tx) => write(tx, `${name} b`)), 'advanced');
    assert.deepEqual([...(await written(name))].sort(), [`${name} a`, `${name} b`]);
    assert.equal((await store.load(name)).position, 3n);
    assert.equal(await store.reset(name, nothing, fence), 'reset');
  });
}
