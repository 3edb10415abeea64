import assert from 'node:assert/strict';
import { systemTiming } from '../timing/timing.ts';
import type { CheckpointStoreUnderTest } from './checkpoint-store-contract.ts';
import { uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

const nothing = async () => {};

/** What is wanted of a subscription decides what its reader may do. */
export function checkpointStoreControl<Tx>(
  port: TestPort,
  makeSubject: Make<CheckpointStoreUnderTest<Tx>>,
): void {
  const test = testWith(port, makeSubject);

  test('forbids a step past the hold and allows one up to it', async ({ store, write, written }) => {
    const name = uniqueName('hold');
    await store.load(name);
    assert.deepEqual(await store.control(name, { holdAt: 5n }), {
      position: 0n,
      desired: 'running',
      holdAt: 5n,
    });
    const past = await store.advance(name, { from: 0n, to: 6n }, (tx) => write(tx, `${name} past`));
    assert.equal(past, 'held');
    assert.deepEqual(await written(name), []);
    assert.equal(await store.advance(name, { from: 0n, to: 5n }, nothing), 'advanced');
    assert.equal((await store.control(name, { desired: 'running' })).holdAt, 5n);
    assert.equal((await store.control(name, { holdAt: null })).holdAt, undefined);
    assert.equal(await store.advance(name, { from: 5n, to: 6n }, nothing), 'advanced');
  });

  test('lets a hold lapse that was for a time, unless it is set anew without one', async ({ store }) => {
    const [lapsing, lasting] = [uniqueName('lapsing'), uniqueName('lasting')];
    for (const name of [lapsing, lasting]) {
      await store.load(name);
      assert.equal((await store.control(name, { holdAt: 1n, holdForMs: 200 })).holdAt, 1n);
      assert.equal(await store.advance(name, { from: 0n, to: 2n }, nothing), 'held');
    }
    await store.control(lasting, { holdAt: 1n });
    while ((await store.load(lapsing)).holdAt !== undefined) await store.changed(lapsing, 20);
    assert.equal(await store.advance(lapsing, { from: 0n, to: 2n }, nothing), 'advanced');
    assert.equal(await store.advance(lasting, { from: 0n, to: 2n }, nothing), 'held');
  });

  test('forbids every step while stopped is wanted', async ({ store, write, written }) => {
    const name = uniqueName('stop');
    await store.load(name);
    assert.equal((await store.control(name, { desired: 'stopped' })).desired, 'stopped');
    const step = () => store.advance(name, { from: 0n, to: 1n }, (tx) => write(tx, `${name} a`));
    assert.equal(await step(), 'stopped');
    assert.deepEqual(await written(name), []);
    await store.control(name, { desired: 'running' });
    assert.equal(await step(), 'advanced');
  });

  test('counts a step under way as before what is wanted next', async ({ store }) => {
    const name = uniqueName('under-way');
    await store.load(name);
    let control: Promise<unknown> = Promise.resolve();
    let early = false;
    const outcome = await store.advance(name, { from: 0n, to: 2n }, async () => {
      control = store.control(name, { desired: 'stopped' });
      const passed = control.then(() => true);
      // Absence can only be watched for a while.
      early = await Promise.race([passed, systemTiming.sleep(100).then(() => false)]);
    });
    assert.equal(early, false, 'control did not wait for the step');
    assert.equal(outcome, 'advanced');
    assert.deepEqual(await control, { position: 2n, desired: 'stopped' });
  });

  test('remembers that a reset is wanted until it is done or the request taken back', async ({ store }) => {
    const name = uniqueName('wanted');
    await store.load(name);
    await store.advance(name, { from: 0n, to: 5n }, nothing);
    assert.equal((await store.control(name, { desired: 'stopped', reset: true })).resetWanted, true);
    assert.equal((await store.control(name, { desired: 'stopped' })).resetWanted, true);
    await store.reset(name, nothing);
    assert.deepEqual(await store.load(name), { position: 0n, desired: 'stopped' });
    await store.control(name, { reset: true });
    assert.equal((await store.control(name, { reset: false })).resetWanted, undefined);
  });

  test('wakes who waits for a change', async ({ store }) => {
    const name = uniqueName('changed');
    await store.load(name);
    const started = Date.now();
    let woken = false;
    const change = store.changed(name, 25_000).then(() => {
      woken = true;
    });
    // A waiter may need a moment until it listens, so the change is repeated.
    for (let hold = 1n; !woken && hold < 200n; hold += 1n) {
      await store.control(name, { holdAt: hold });
      await Promise.race([change, systemTiming.sleep(50)]);
    }
    await change;
    assert.ok(Date.now() - started < 20_000, 'woken by the time-out only');
  });

  test('does not wait longer than asked, nor after an abort', async ({ store }) => {
    const name = uniqueName('patience');
    await store.load(name);
    await store.changed(name, 20);
    const ending = new AbortController();
    const change = store.changed(name, 60_000, ending.signal);
    ending.abort();
    await change;
    await store.changed(name, 60_000, ending.signal);
  });

  test('keeps the last report, and touches nothing else with it', async ({ store }) => {
    const name = uniqueName('report');
    assert.equal((await store.load(name)).reported, undefined);
    const appliedAt = new Date(Date.UTC(2001, 1, 3));
    await store.report(name, { appliedAt, lagMs: 12.5 });
    await store.report(name, { error: 'unexpected: something' });
    const { reported, ...rest } = await store.load(name);
    const { at, ...report } = reported!;
    assert.deepEqual(rest, { position: 0n, desired: 'running' });
    assert.deepEqual(report, { appliedAt, lagMs: 12.5, error: 'unexpected: something' });
    assert.ok(at instanceof Date);
    await store.report(name, {});
    assert.equal((await store.load(name)).reported!.error, undefined);
  });
}
