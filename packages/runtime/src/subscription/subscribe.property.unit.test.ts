import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Unavailable } from '../errors/errors.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import { labelOf, sampleEvents } from '../testing/sample-events.ts';
import { systemTiming } from '../timing/timing.ts';
import { InMemoryCheckpointStore, type InMemoryTransaction } from './in-memory-checkpoint-store.ts';
import { type Subscription, subscribe } from './subscribe.ts';

const NAME = 'subject';
const action = fc.oneof(
  fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('hold' as const), at: fc.bigInt(0n, 30n) }),
  fc.record({ do: fc.constantFrom('clear', 'stop', 'run', 'restart', 'second', 'fail', 'turn') }),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

class World {
  readonly store = new InMemoryEventStore();
  readonly checkpoints = new InMemoryCheckpointStore();
  readonly applied: string[] = [];
  readonly written: string[] = [];
  #running: Subscription[] = [];
  #failNext = false;
  #limit: bigint | undefined;

  async take(step: Action): Promise<void> {
    if (step.do === 'write') return this.#write('count' in step ? step.count : 1);
    if (step.do === 'hold') return this.#hold('at' in step ? step.at : 0n);
    if (step.do === 'clear') return this.#hold(undefined);
    if (step.do === 'stop') await this.checkpoints.control(NAME, { desired: 'stopped' });
    if (step.do === 'run') await this.checkpoints.control(NAME, { desired: 'running' });
    if (step.do === 'restart') await this.end();
    if (step.do === 'restart' || step.do === 'second') this.#start();
    if (step.do === 'fail') this.#failNext = true;
    await new Promise((resolve) => setImmediate(resolve));
  }

  async position(): Promise<bigint> {
    const { position } = await this.checkpoints.load(NAME);
    if (this.#limit !== undefined) expect(position).toBeLessThanOrEqual(this.#limit);
    return position;
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.map((each) => each.stop()));
    this.#running = [];
  }

  async #write(count: number): Promise<void> {
    const labels = Array.from({ length: count }, (_, index) => String(this.written.length + index));
    this.written.push(...labels);
    await this.store.append([{ streamId: 's', expected: 'any', events: sampleEvents(...labels) }]);
  }

  async #hold(at: bigint | undefined): Promise<void> {
    const { position } = await this.checkpoints.control(NAME, { holdAt: at ?? null });
    this.#limit = at === undefined || at > position ? at : position;
  }

  #start(): void {
    const handle = async (entries: readonly RecordedEvent[], tx: InMemoryTransaction) => {
      tx.onCommit(() => this.applied.push(...entries.map(labelOf)));
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#failNext) {
        this.#failNext = false;
        throw new Unavailable('away', 'On purpose.');
      }
    };
    const timing = { ...systemTiming, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
    const { store: feed, checkpoints } = this;
    this.#running.push(subscribe({ name: NAME, feed, checkpoints, handle, timing, limit: 3 }));
  }
}

test('whatever holds, stops, failures, restarts and rivals come, every entry takes effect once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const world = new World();
      for (const step of actions) {
        await world.take(step);
        await world.position();
        expect(world.applied).toEqual(world.written.slice(0, world.applied.length));
      }
      for (const last of ['clear', 'run', 'restart'] as const) await world.take({ do: last });
      const end = BigInt(world.written.length);
      while ((await world.position()) < end) await world.checkpoints.changed(NAME, 100);
      await world.end();
      expect(world.applied).toEqual(world.written);
    }),
  );
});
