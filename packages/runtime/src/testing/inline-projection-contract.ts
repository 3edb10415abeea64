import assert from 'node:assert/strict';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { EventStore } from '../event-store/event-store.ts';
import { awaitPosition } from '../projection/await-position.ts';
import { type Projection, project } from '../projection/projection.ts';
import type { CheckpointStore } from '../subscription/checkpoint.ts';
import { sampleEvents, uniqueName } from './sample-events.ts';
import { type TestPort, testWith } from './test-port.ts';

type Sampled = { readonly Sampled: StandardSchemaV1<{ readonly label: string }> };

/** An event store with inline projections, and a read model that is written in its appends' transactions. */
export interface InlineProjectionUnderTest<Tx> {
  /** A store that takes these along in its appends. */
  readonly storeWith: (projections: readonly Projection<Sampled, Tx>[]) => EventStore;
  readonly checkpoints: CheckpointStore<Tx>;
  /** Adds `value` to the read model, as often as it is called. */
  readonly write: (tx: Tx, value: string) => Promise<void>;
  /** What is committed of the read model and begins with `prefix`, in the order of writing. */
  readonly written: (prefix: string) => Promise<readonly string[]>;
}

class Subject<Tx> {
  readonly name = uniqueName('inline');
  readonly under: InlineProjectionUnderTest<Tx>;
  readonly store: EventStore;
  readonly projection: Projection<Sampled, Tx>;

  constructor(under: InlineProjectionUnderTest<Tx>) {
    this.under = under;
    this.projection = this.#projection(this.name, '');
    this.store = under.storeWith([this.projection, this.#projection(`${this.name}-too`, 'too ')]);
  }

  #projection(name: string, prefix: string): Projection<Sampled, Tx> {
    return {
      name,
      on: {
        Sampled: async ({ data }, tx) => {
          if (data.label.includes('bad')) throw new RangeError(`${data.label} on purpose`);
          await this.under.write(tx, `${prefix}${this.name} ${data.label}`);
        },
      },
      reset: async () => {},
    };
  }

  append(stream: string, ...labels: readonly string[]): Promise<{ readonly position: bigint }> {
    const streamId = `${this.name}-${stream}`;
    return this.store.append([{ streamId, expected: 'any', events: sampleEvents(...labels) }]);
  }

  async labels(prefix = ''): Promise<readonly string[]> {
    const found = await this.under.written(`${prefix}${this.name} `);
    return found.map((value) => value.split(' ').at(-1)!);
  }
}

/** What inline projections must do. Each subject has an event store of its own. */
export function inlineProjectionContract<Tx>(
  port: TestPort,
  makeSubject: () => Promise<InlineProjectionUnderTest<Tx>>,
): void {
  const test = testWith(port, async () => new Subject(await makeSubject()));
  port.describe('an inline projection', () => {
    test('has handled an event when its append returns, as have others', async (subject) => {
      const { position } = await subject.append('a', '0', '1');
      assert.deepEqual(await subject.labels(), ['0', '1']);
      assert.deepEqual(await subject.labels('too '), ['0', '1']);
      assert.equal((await subject.under.checkpoints.load(subject.name)).position, position);
    });

    test('refuses the append that a handler fails on, and no other of those that come with it', async (subject) => {
      const labels = ['0', '1', 'bad', '3', 'bad-too', '5'];
      const outcomes = await Promise.allSettled(labels.map((label) => subject.append(label, label)));
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'appended' : outcome.reason.message)),
        ['appended', 'appended', 'bad on purpose', 'appended', 'bad-too on purpose', 'appended'],
      );
      for (const prefix of ['', 'too '])
        assert.deepEqual([...(await subject.labels(prefix))].sort(), ['0', '1', '3', '5']);
      for await (const event of subject.store.readStream(`${subject.name}-bad`)) assert.fail(event.type);
    });

    test('handles nothing of an append that is refused or repeated', async (subject) => {
      const append = [
        { streamId: `${subject.name}-a`, expected: 'absent', events: sampleEvents('0') },
      ] as const;
      const options = { commandId: uniqueName('command') };
      await subject.store.append(append, options);
      await assert.rejects(subject.store.append(append), { code: 'stream-conflict' });
      assert.ok((await subject.store.append(append, options)).repeated);
      assert.deepEqual(await subject.labels(), ['0']);
    });

    test('is left to its follower while it is paused, and goes on where that is', async (subject) => {
      const { name, projection, store } = subject;
      const { checkpoints } = subject.under;
      await subject.append('a', '0');
      await checkpoints.control(name, { desired: 'stopped' });
      const { position } = await subject.append('a', '1');
      assert.deepEqual(await subject.labels(), ['0']);
      await checkpoints.control(name, { desired: 'running' });
      await using _follower = project(projection, { feed: store, checkpoints });
      await awaitPosition(checkpoints, name, position);
      await subject.append('a', '2');
      await awaitPosition(checkpoints, name, position + 1n);
      assert.deepEqual(await subject.labels(), ['0', '1', '2']);
    });

    test('makes up for the little that it has not seen', async (subject) => {
      const { checkpoints } = subject.under;
      await checkpoints.control(subject.name, { desired: 'stopped' });
      await subject.append('a', '0', '1');
      await checkpoints.control(subject.name, { desired: 'running' });
      await subject.append('a', '2');
      assert.deepEqual(await subject.labels(), ['0', '1', '2']);
    });

    test('is not another version’s', async (subject) => {
      await subject.under.checkpoints.control(subject.name, { version: 2 });
      await subject.append('a', '0');
      assert.deepEqual(await subject.labels(), []);
      assert.deepEqual(await subject.labels('too '), ['0']);
    });

    test('handles each event once beside a follower, while many append', async (subject) => {
      const { name, projection, store } = subject;
      const { checkpoints } = subject.under;
      await using _follower = project(projection, { feed: store, checkpoints });
      const labels = Array.from({ length: 60 }, (_, index) => String(index));
      const positions = await Promise.all(
        labels.map((label) => subject.append(String(Number(label) % 7), label)),
      );
      const last = positions.reduce((most, { position }) => (position > most ? position : most), 0n);
      await awaitPosition(checkpoints, name, last, { timeoutMs: 30_000 });
      assert.deepEqual([...(await subject.labels())].sort(), [...labels].sort());
    });
  });
}
