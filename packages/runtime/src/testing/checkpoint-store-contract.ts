import assert from 'node:assert/strict';
import type { LeaseStore } from '../lease/lease.ts';
import type { CheckpointStore } from '../subscription/checkpoint.ts';
import { checkpointStoreControl } from './checkpoint-store-control.ts';
import { checkpointStoreLanes } from './checkpoint-store-lanes.ts';
import { uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

/** A checkpoint store, and a place that its transactions write to. */
export interface CheckpointStoreUnderTest<Tx> {
  readonly store: CheckpointStore<Tx>;
  /** The leases that its steps can be fenced by. */
  readonly leases: LeaseStore;
  /** Adds `value` through the transaction. */
  readonly write: (tx: Tx, value: string) => Promise<void>;
  /** The committed values that begin with `prefix`, in any order. */
  readonly written: (prefix: string) => Promise<readonly string[]>;
}

/** What every checkpoint store must do. The store may be shared between tests. */
export function checkpointStoreContract<Tx>(
  port: TestPort,
  makeSubject: Make<CheckpointStoreUnderTest<Tx>>,
): void {
  port.describe('a checkpoint store', () => {
    advancing(port, makeSubject);
    checkpointStoreControl(port, makeSubject);
    checkpointStoreLanes(port, makeSubject);
  });
}

function advancing<Tx>(port: TestPort, makeSubject: Make<CheckpointStoreUnderTest<Tx>>): void {
  const test = testWith(port, makeSubject);

  test('begins at 0n as the first one wants it, and stays so', async ({ store }) => {
    const [running, stopped] = [uniqueName('running'), uniqueName('stopped')];
    assert.deepEqual(await store.load(running), { position: 0n, desired: 'running' });
    assert.deepEqual(await store.load(stopped, 'stopped'), { position: 0n, desired: 'stopped' });
    assert.deepEqual(await store.load(stopped, 'running'), { position: 0n, desired: 'stopped' });
  });

  test('commits the work and the checkpoint together', async ({ store, write, written }) => {
    const name = uniqueName('together');
    await store.load(name);
    const big = 2n ** 62n;
    const outcome = await store.advance(name, { from: 0n, to: big }, (tx) => write(tx, `${name} a`));
    assert.equal(outcome, 'advanced');
    assert.equal((await store.load(name)).position, big);
    assert.deepEqual(await written(name), [`${name} a`]);
  });

  test('does neither when the work throws', async ({ store, write, written }) => {
    const name = uniqueName('thrown');
    await store.load(name);
    const failing = async (tx: Tx) => {
      await write(tx, `${name} a`);
      throw new RangeError('on purpose');
    };
    await assert.rejects(store.advance(name, { from: 0n, to: 5n }, failing), /on purpose/);
    assert.equal((await store.load(name)).position, 0n);
    assert.deepEqual(await written(name), []);
    await store.advance(name, { from: 0n, to: 5n }, (tx) => write(tx, `${name} b`));
    await assert.rejects(store.reset(name, failing), /on purpose/);
    assert.equal((await store.load(name)).position, 5n);
    assert.deepEqual(await written(name), [`${name} b`]);
  });

  test('lets one of two racing readers win', async ({ store, write, written }) => {
    const name = uniqueName('race');
    await store.load(name);
    const step = (reader: string) =>
      store.advance(name, { from: 0n, to: 3n }, (tx) => write(tx, `${name} ${reader}`));
    const outcomes = await Promise.all([step('one'), step('two'), step('three')]);
    assert.deepEqual([...outcomes].sort(), ['advanced', 'moved', 'moved']);
    assert.equal((await written(name)).length, 1);
  });

  test('changes nothing for a reader that is behind', async ({ store, write, written }) => {
    const name = uniqueName('behind');
    await store.load(name);
    await store.advance(name, { from: 0n, to: 3n }, async () => {});
    const late = await store.advance(name, { from: 0n, to: 9n }, (tx) => write(tx, `${name} late`));
    assert.equal(late, 'moved');
    assert.equal((await store.load(name)).position, 3n);
    assert.deepEqual(await written(name), []);
  });

  test('takes steps that do not move the checkpoint', async ({ store, write, written }) => {
    const name = uniqueName('still');
    await store.load(name);
    for (const value of ['a', 'b'])
      assert.equal(
        await store.advance(name, { from: 0n, to: 0n }, (tx) => write(tx, `${name} ${value}`)),
        'advanced',
      );
    assert.equal((await store.load(name)).position, 0n);
    assert.deepEqual([...(await written(name))].sort(), [`${name} a`, `${name} b`]);
  });

  test('goes back to 0n together with the work of a reset', async ({ store, write, written }) => {
    const name = uniqueName('reset');
    await store.load(name);
    await store.advance(name, { from: 0n, to: 7n }, async () => {});
    await store.reset(name, (tx) => write(tx, `${name} emptied`));
    assert.equal((await store.load(name)).position, 0n);
    assert.deepEqual(await written(name), [`${name} emptied`]);
    assert.equal(await store.advance(name, { from: 7n, to: 8n }, async () => {}), 'moved');
  });

  test('keeps checkpoints apart', async ({ store }) => {
    const [one, other] = [uniqueName('one'), uniqueName('other')];
    await Promise.all([store.load(one), store.load(other)]);
    await store.advance(one, { from: 0n, to: 4n }, async () => {});
    assert.equal((await store.load(other)).position, 0n);
  });
}
