import assert from 'node:assert/strict';
import type { Snapshot, SnapshotStore } from '../snapshot/snapshot.ts';
import { uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

function snapshotOf(streamId: string, version: number, more: Partial<Snapshot> = {}): Snapshot {
  return { streamId, version, position: BigInt(version), stateVersion: 1, state: { version }, ...more };
}

/** What every snapshot store must do. The store may be shared between tests. */
export function snapshotStoreContract(port: TestPort, makeStore: Make<SnapshotStore>): void {
  const test = testWith(port, makeStore);
  port.describe('a snapshot store', () => {
    test('gives back what it was given, and nothing for a stream that it does not know', async (store) => {
      const streamId = uniqueName('kept');
      const state = { text: 'Zoë "quoted" \\ 日本', list: [1.5, null, { deep: [true] }], empty: {} };
      const snapshot = snapshotOf(streamId, 7, { state, position: 2n ** 60n, stateVersion: 3 });
      await store.save(snapshot);
      assert.deepEqual(await store.load(streamId, { stateVersion: 3 }), snapshot);
      assert.equal(await store.load(uniqueName('unknown'), { stateVersion: 3 }), undefined);
    });

    for (const state of [null, 0, '', 'text', [], false])
      test(`keeps the state ${JSON.stringify(state)}`, async (store) => {
        const snapshot = snapshotOf(uniqueName('plain'), 1, { state });
        await store.save(snapshot);
        assert.deepEqual(await store.load(snapshot.streamId, { stateVersion: 1 }), snapshot);
      });

    test('keeps the newest of a stream, also when they come in another order', async (store) => {
      const streamId = uniqueName('newest');
      await Promise.all([2, 9, 5].map((version) => store.save(snapshotOf(streamId, version))));
      assert.equal((await store.load(streamId, { stateVersion: 1 }))?.version, 9);
    });

    test('gives none that is newer than asked for', async (store) => {
      const streamId = uniqueName('bounded');
      await store.save(snapshotOf(streamId, 5));
      assert.equal((await store.load(streamId, { stateVersion: 1, upTo: 5 }))?.version, 5);
      assert.equal(await store.load(streamId, { stateVersion: 1, upTo: 4 }), undefined);
    });

    test('replaces a snapshot of another state version, whichever is higher', async (store) => {
      const streamId = uniqueName('shape');
      await store.save(snapshotOf(streamId, 5));
      assert.equal(await store.load(streamId, { stateVersion: 2 }), undefined);
      await store.save(snapshotOf(streamId, 4, { stateVersion: 2 }));
      assert.equal((await store.load(streamId, { stateVersion: 2 }))?.version, 4);
      assert.equal(await store.load(streamId, { stateVersion: 1 }), undefined);
      await store.save(snapshotOf(streamId, 3));
      assert.equal((await store.load(streamId, { stateVersion: 1 }))?.version, 3);
    });

    test('discards', async (store) => {
      const [one, other] = [uniqueName('one'), uniqueName('other')];
      await store.save(snapshotOf(one, 1));
      await store.save(snapshotOf(other, 1));
      await store.discard(one);
      await store.discard(one);
      assert.equal(await store.load(one, { stateVersion: 1 }), undefined);
      assert.equal((await store.load(other, { stateVersion: 1 }))?.version, 1);
    });
  });
}
