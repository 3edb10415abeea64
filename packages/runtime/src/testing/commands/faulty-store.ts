import { Invalid, Unavailable } from '../../errors/errors.ts';
import type { EventStore } from '../../event-store/event-store.ts';
import type { RecordedEvent } from '../../message/message.ts';
import type { SnapshotStore } from '../../snapshot/snapshot.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** An event store that fails now and then, as a process sees it that is not alone. */
export interface FaultyStore {
  readonly store: EventStore;
  /** Lets appends that are still on their way arrive. */
  readonly settle: () => Promise<void>;
}

/** A label with this in it can not be written. */
export const unwritable = 'unwritable';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Fails in the ways that a database does: before an append, after it, and before one that takes effect later all the same. */
export function faultyStore(inner: EventStore, random: SeededRandom, faults: number): FaultyStore {
  const late: Promise<unknown>[] = [];
  const unknown = () => new Unavailable('append-outcome-unknown', 'The connection broke, on purpose.');
  const away = () => new Unavailable('store-away', 'The store is away, on purpose.');

  async function appendLater(call: Parameters<EventStore['append']>): Promise<void> {
    for (let turns = random.below(40); turns > 0; turns -= 1) await turn();
    // It may be too late.
    await inner.append(...call).catch(() => {});
  }

  async function append(...call: Parameters<EventStore['append']>) {
    for (let turns = random.below(3); turns > 0; turns -= 1) await turn();
    if (JSON.stringify(call[0]).includes(unwritable))
      throw new Invalid('unwritable', 'Not this, on purpose.');
    if (!random.chance(faults)) return inner.append(...call);
    switch (random.below(4)) {
      case 0:
        throw away();
      case 1:
        await inner.append(...call);
        throw unknown();
      case 2:
        late.push(appendLater(call));
        throw unknown();
      default:
        throw unknown();
    }
  }

  async function* readStream(...args: Parameters<EventStore['readStream']>) {
    if (random.chance(0.3)) await turn();
    if (random.chance(faults / 4)) throw away();
    const events: RecordedEvent[] = [];
    for await (const event of inner.readStream(...args)) events.push(event);
    // The answer takes its time too, and is older than what was written meanwhile.
    if (random.chance(0.3)) await turn();
    yield* events;
  }

  return {
    store: { ...forwarded(inner), append, readStream },
    settle: async () => void (await Promise.all(late)),
  };
}

function forwarded(inner: EventStore): Pick<EventStore, 'read' | 'head'> {
  return { read: (options) => inner.read(options), head: () => inner.head() };
}

/** A snapshot store that fails now and then. */
export function faultySnapshots(inner: SnapshotStore, random: SeededRandom, faults: number): SnapshotStore {
  const perhaps = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (random.chance(faults)) throw new Unavailable('snapshots-away', 'No snapshots, on purpose.');
    return work();
  };
  return {
    load: (streamId, fitting) => perhaps(() => inner.load(streamId, fitting)),
    save: (snapshot) => perhaps(() => inner.save(snapshot)),
    discard: (streamId) => perhaps(() => inner.discard(streamId)),
  };
}
