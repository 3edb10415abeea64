import assert from 'node:assert/strict';
import type { LeaseStore } from '../lease/lease.ts';
import { systemTiming } from '../timing/timing.ts';
import { uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

const LONG_MS = 600_000;
const SHORT_MS = 150;

/** What every store of leases must do. The store may be shared between tests. */
export function leaseStoreContract(port: TestPort, makeSubject: Make<{ readonly store: LeaseStore }>): void {
  const test = testWith(port, makeSubject);
  const keyOf = (prefix: string) => ({ group: uniqueName(prefix), name: 'one' });

  port.describe('a store of leases', () => {
    test('gives a lease to one of many who ask at once', async ({ store }) => {
      const key = keyOf('race');
      const asked = ['a', 'b', 'c', 'd', 'e'].map((holder) => store.acquire(key, holder, LONG_MS));
      const got = (await Promise.all(asked)).filter((lease) => lease !== undefined);
      assert.equal(got.length, 1);
      assert.equal(got[0]!.epoch, 1n);
      assert.deepEqual(await store.holder(key), got[0]);
      assert.equal(await store.acquire(key, got[0]!.holder, LONG_MS), undefined);
    });

    test('gives what was released to the next one at once, with a greater epoch', async ({ store }) => {
      const key = keyOf('released');
      const first = (await store.acquire(key, 'a', LONG_MS))!;
      await store.release([first]);
      assert.equal(await store.holder(key), undefined);
      assert.deepEqual(await store.renew([first], LONG_MS), []);
      const second = (await store.acquire(key, 'b', LONG_MS))!;
      assert.deepEqual([second.holder, second.epoch], ['b', 2n]);
      await store.release([first]);
      assert.deepEqual(await store.holder(key), second);
    });

    test('lets a lease run out, and then does not renew it for who held it', async ({ store }) => {
      const key = keyOf('expired');
      const first = (await store.acquire(key, 'a', SHORT_MS))!;
      const second = await acquired(store, key, 'b');
      assert.equal(second.epoch, first.epoch + 1n);
      assert.deepEqual(await store.renew([first], LONG_MS), []);
      assert.deepEqual(await store.holder(key), second);
    });

    test('renews what ran out while nobody wanted it', async ({ store }) => {
      const key = keyOf('late');
      const lease = (await store.acquire(key, 'a', SHORT_MS))!;
      while ((await store.holder(key)) !== undefined) await systemTiming.sleep(20);
      assert.deepEqual(await store.renew([lease], LONG_MS), [lease]);
      assert.deepEqual(await store.holder(key), lease);
      assert.equal(await store.acquire(key, 'b', LONG_MS), undefined);
    });

    test('keeps a lease alive that is renewed', async ({ store }) => {
      const key = keyOf('renewed');
      const lease = (await store.acquire(key, 'a', SHORT_MS))!;
      assert.deepEqual(await store.renew([lease], LONG_MS), [lease]);
      await systemTiming.sleep(SHORT_MS * 2);
      assert.equal(await store.acquire(key, 'b', LONG_MS), undefined);
    });

    test('never gives an epoch twice, whatever comes in which order', async ({ store }) => {
      const key = keyOf('epochs');
      const epochs: bigint[] = [];
      for (let turn = 0; turn < 12; turn++) {
        const lease = await acquired(store, key, `holder ${turn}`, turn % 3 === 0 ? 1 : LONG_MS);
        epochs.push(lease.epoch);
        if (turn % 3 !== 0) await store.release([lease]);
      }
      assert.deepEqual(
        epochs,
        [...epochs.keys()].map((index) => BigInt(index + 1)),
      );
    });

    test('lists what is held in a group', async ({ store }) => {
      const group = uniqueName('group');
      const [one, two] = [
        { group, name: 'one' },
        { group, name: 'two' },
      ];
      const first = (await store.acquire(one, 'a', LONG_MS))!;
      const second = (await store.acquire(two, 'b', LONG_MS))!;
      await store.acquire({ group: uniqueName('other'), name: 'one' }, 'a', LONG_MS);
      const names = async () => (await store.held(group)).map(({ name }) => name).sort();
      assert.deepEqual(await names(), ['one', 'two']);
      assert.deepEqual(await store.renew([first, second], LONG_MS), [first, second]);
      await store.release([second]);
      assert.deepEqual(await names(), ['one']);
    });

    test('wakes who waits for a change of the group', async ({ store }) => {
      const group = uniqueName('awaited');
      const started = Date.now();
      let woken = false;
      const change = store.changed(group, 25_000).then(() => {
        woken = true;
      });
      // A waiter may need a moment until it listens, so the change is repeated.
      for (let turn = 0; !woken && turn < 200; turn++) {
        await store.acquire({ group, name: `lease ${turn}` }, 'a', LONG_MS);
        await Promise.race([change, systemTiming.sleep(50)]);
      }
      await change;
      assert.ok(Date.now() - started < 20_000, 'woken by the time-out only');
    });

    test('does not wait longer than asked, nor after an abort', async ({ store }) => {
      const group = uniqueName('patience');
      await store.changed(group, 20);
      await store.changed(group, 60_000, AbortSignal.abort());
    });
  });
}

/** Acquires as soon as whoever holds it has lost it. */
async function acquired(
  store: LeaseStore,
  key: { group: string; name: string },
  holder: string,
  forMs = LONG_MS,
) {
  for (;;) {
    const lease = await store.acquire(key, holder, forMs);
    if (lease !== undefined) return lease;
    await systemTiming.sleep(10);
  }
}
