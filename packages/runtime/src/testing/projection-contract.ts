import assert from 'node:assert/strict';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { EventStore } from '../event-store/event-store.ts';
import { awaitPosition } from '../projection/await-position.ts';
import { type ProjectOptions, project, type RunningProjection } from '../projection/projection.ts';
import type { CheckpointStore } from '../subscription/checkpoint.ts';
import { retry } from '../subscription/recovery.ts';
import { sampleEvents, uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

/** Where projections read and keep how far they are, and a read model that is written in the checkpoint's transactions. */
export interface ProjectionUnderTest<Tx> {
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore<Tx>;
  /** Adds `value` to the read model, as often as it is called. */
  readonly write: (tx: Tx, value: string) => Promise<void>;
  /** Takes everything out of the read model that begins with `prefix`. */
  readonly clear: (tx: Tx, prefix: string) => Promise<void>;
  /** What is committed of the read model and begins with `prefix`, in the order of writing. */
  readonly written: (prefix: string) => Promise<readonly string[]>;
}

type Sampled = { readonly Sampled: StandardSchemaV1<{ readonly label: string }> };

/** One projection of a test, which cares for the streams that begin with its name. */
class Subject<Tx> {
  readonly name = uniqueName('projected');
  readonly under: ProjectionUnderTest<Tx>;
  /** Is called before each event is written. */
  before: (label: string) => void = () => {};

  constructor(under: ProjectionUnderTest<Tx>) {
    this.under = under;
  }

  start(options: Partial<ProjectOptions<Tx>> = {}): RunningProjection {
    const { store, checkpoints, write } = this.under;
    return project<Sampled, Tx>(
      {
        name: this.name,
        on: {
          Sampled: async ({ streamId, data }, tx) => {
            if (!streamId.startsWith(this.name)) return;
            this.before(data.label);
            await write(tx, `${streamId} ${data.label}`);
          },
        },
        reset: (tx) => this.under.clear(tx, this.name),
      },
      { feed: store, checkpoints, onError: retry({ retries: 1_000, firstMs: 1, maxMs: 20 }), ...options },
    );
  }

  async append(stream: string, ...labels: readonly string[]): Promise<bigint> {
    const streamId = `${this.name}-${stream}`;
    const events = sampleEvents(...labels);
    return (await this.under.store.append([{ streamId, expected: 'any', events }])).position;
  }

  async reaches(position: bigint): Promise<void> {
    await awaitPosition(this.under.checkpoints, this.name, position, { timeoutMs: 30_000 });
  }

  /** The labels of a stream as they were written, or of all. */
  async labels(stream = ''): Promise<readonly string[]> {
    const found = await this.under.written(`${this.name}-${stream}`);
    return found.map((value) => value.split(' ')[1]!);
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** What a projection must do on an event store and a checkpoint store. They may be shared between tests. */
export function projectionContract<Tx>(port: TestPort, makeSubject: Make<ProjectionUnderTest<Tx>>): void {
  const test = testWith(port, async () => new Subject(await makeSubject()));
  port.describe('a projection', () => {
    test('applies each event once and in order, while many write', async (subject) => {
      const streams = ['a', 'b', 'c', 'd'];
      await using _running = subject.start({ limit: 7 });
      const write = async (stream: string) => {
        let last = 0n;
        for (const label of numbered(25)) last = await subject.append(stream, label);
        return last;
      };
      for (const position of await Promise.all(streams.map(write))) await subject.reaches(position);
      for (const stream of streams) assert.deepEqual(await subject.labels(stream), numbered(25));
    });

    test('keeps nothing of a batch that fails in its middle, and applies it once when it is tried again', async (subject) => {
      let failures = 0;
      subject.before = (label) => {
        if (label !== '3' || failures === 2) return;
        failures += 1;
        throw new RangeError('on purpose');
      };
      const position = await subject.append('failing', ...numbered(6));
      await using _running = subject.start();
      await subject.reaches(position);
      assert.equal(failures, 2);
      assert.deepEqual(await subject.labels(), numbered(6));
    });

    test('shows nothing of what it could not finish', async (subject) => {
      subject.before = (label) => {
        if (label === 'bad') throw new RangeError('on purpose');
      };
      await subject.append('stopped', 'good', 'bad');
      const running = subject.start({ onError: retry({ retries: 0 }) });
      await assert.rejects(running.done, /on purpose/);
      assert.deepEqual(await subject.labels(), []);
      assert.match((await subject.under.checkpoints.load(subject.name)).reported?.error ?? '', /on purpose/);
    });

    test('goes on where it was when it is started again', async (subject) => {
      const first = subject.start();
      await subject.reaches(await subject.append('resumed', '0', '1'));
      await first.stop();
      const position = await subject.append('resumed', '2', '3');
      assert.deepEqual(await subject.labels(), ['0', '1']);
      await using _second = subject.start();
      await subject.reaches(position);
      assert.deepEqual(await subject.labels(), numbered(4));
    });

    test('applies each event once where several run under one name', async (subject) => {
      await using _one = subject.start({ limit: 3 });
      await using _two = subject.start({ limit: 5 });
      await using _three = subject.start();
      let last = 0n;
      for (const label of numbered(40)) last = await subject.append('shared', label);
      await subject.reaches(last);
      assert.deepEqual(await subject.labels(), numbered(40));
    });

    test('applies each event once and in the order of its stream where it is divided into lanes', async (subject) => {
      const streams = numbered(8);
      await using _running = subject.start({ lanes: 4 });
      let last = 0n;
      for (const label of numbered(10))
        for (const stream of streams) last = await subject.append(`${stream}:`, label);
      await subject.reaches(last);
      for (const stream of streams) assert.deepEqual(await subject.labels(`${stream}:`), numbered(10));
    });

    test('is made anew by a reset, with the same result', async (subject) => {
      const { checkpoints } = subject.under;
      await using _running = subject.start();
      const position = await subject.append('anew', ...numbered(5));
      await subject.reaches(position);
      await checkpoints.control(subject.name, { desired: 'stopped' });
      await checkpoints.reset(subject.name, (tx) => subject.under.clear(tx, subject.name));
      assert.deepEqual(await subject.labels(), []);
      await checkpoints.control(subject.name, { desired: 'running' });
      await subject.reaches(position);
      assert.deepEqual(await subject.labels(), numbered(5));
    });

    test('passes over events that it has no handler for, and counts them', async (subject) => {
      const position = await subject.append('known', '0');
      const events = sampleEvents('1').map((event) => ({ ...event, type: subject.name }));
      const streamId = `${subject.name}-unknown`;
      const after = await subject.under.store.append([{ streamId, expected: 'any', events }]);
      await using running = subject.start();
      await subject.reaches(after.position);
      assert.ok(position < after.position);
      assert.equal(running.ignored.get(subject.name), 1);
      assert.deepEqual(await subject.labels(), ['0']);
    });
  });
}
