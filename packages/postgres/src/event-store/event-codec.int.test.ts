import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { categoryOf, type EventCodec, eventKeyMissing } from '@banyan/runtime';
import {
  aggregateHandlerContract,
  collectStream,
  eventStoreContract,
  feedContract,
  labelOf,
  sampleEvents,
  uniqueName,
} from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relayOutbox } from '../outbox/relay-outbox.ts';
import { postgresSnapshotStore } from '../snapshot/postgres-snapshot-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

interface Sealed {
  readonly key: string;
  readonly sealed: string;
}

/** A toy: a key for each category, fetched from somewhere; what names no key was written before there was a codec. */
function sealing(keys: Map<string, Buffer>): EventCodec {
  const keyOf = async (name: string) => keys.get(name);
  return {
    async encode({ data }, streamId) {
      const name = categoryOf(streamId);
      if ((await keyOf(name)) === undefined && !keys.has(name)) keys.set(name, randomBytes(32));
      const key = keys.get(name)!;
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(JSON.stringify(data)), cipher.final()]);
      return { key: name, sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') };
    },
    async decode(event) {
      const { key: name, sealed } = event.data as Partial<Sealed>;
      if (name === undefined || sealed === undefined) return event.data;
      const key = await keyOf(name);
      if (key === undefined) throw eventKeyMissing(event, name);
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString());
    },
  };
}

const sealed = (keys = new Map<string, Buffer>()) =>
  postgresEventStore(database.pool, { codec: sealing(keys) });
const facts = (streamId: string, ...names: string[]) =>
  [{ streamId, expected: 'any', events: sampleEvents(...names) }] as const;

describe('with a codec', () => {
  const keys = new Map<string, Buffer>();
  eventStoreContract({ describe, test }, () => sealed(keys));
  feedContract({ describe, test }, async () => {
    const store = sealed(keys);
    return {
      feed: store,
      start: await store.head(),
      write: (label) => store.append(facts(uniqueName('feed'), label)),
      labelsOf: (event) => [labelOf(event)],
    };
  });
  aggregateHandlerContract(
    { describe, test },
    () => ({ store: sealed(keys), snapshots: postgresSnapshotStore(database.pool) }),
    { runs: 1, commands: 60 },
  );
});

describe('a codec', () => {
  test('decides what is kept, of appends in a transaction of the caller too', async () => {
    const store = sealed();
    await using _relay = relayOutbox(database.pool);
    const streamId = uniqueName('secret');
    await store.append(facts(streamId, 'whispered'));
    await store.appendWithin(database.pool, facts(streamId, 'murmured'));
    await expect.poll(() => collectStream(store, streamId)).toHaveLength(2);
    expect((await collectStream(store, streamId)).map(labelOf)).toEqual(['whispered', 'murmured']);
    const kept = await collectStream(postgresEventStore(database.pool), streamId);
    expect(kept.map(({ data }) => data)).toEqual(
      Array(2).fill({ key: 'secret', sealed: expect.any(String) }),
    );
    expect(JSON.stringify(kept[0]!.data)).not.toContain('whispered');
  });

  test('without the key of an event is an error that names both, to the reader of the stream and of the feed', async () => {
    const keys = new Map<string, Buffer>();
    const store = sealed(keys);
    const streamId = uniqueName('lost');
    const start = await store.head();
    await store.append(facts(uniqueName('other'), 'readable'));
    await store.append(facts(streamId, 'unreadable'));
    keys.delete('lost');
    const missing = { code: 'event-key-missing', details: { streamId, version: 1, key: 'lost' } };
    await expect(collectStream(store, streamId)).rejects.toMatchObject(missing);
    const reading = store.read({ after: start, limit: 1 })[Symbol.asyncIterator]();
    expect((await reading.next()).value.entries.map(labelOf)).toEqual(['readable']);
    await expect(reading.next()).rejects.toMatchObject(missing);
    keys.set('lost', randomBytes(32));
    await expect(collectStream(store, streamId)).rejects.toMatchObject({
      code: 'event-not-decoded',
      message: expect.stringContaining(`Event 1 of stream ${streamId}`),
    });
  });

  test('that fails to write fails only that append', async () => {
    const codec: EventCodec = {
      encode: ({ data }) => {
        if (labelOf({ data }) === 'bad') throw new Error('no ink');
        return data;
      },
      decode: ({ data }) => data,
    };
    const store = postgresEventStore(database.pool, { codec });
    const streamId = uniqueName('written');
    const outcomes = await Promise.allSettled(
      ['a', 'bad', 'b'].map((label) => store.append(facts(streamId, label))),
    );
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      {
        status: 'rejected',
        reason: { code: 'event-not-encoded', message: expect.stringContaining('no ink') },
      },
      { status: 'fulfilled' },
    ]);
    expect(await collectStream(store, streamId)).toHaveLength(2);
  });
});
