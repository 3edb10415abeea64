import type { EventStore } from '../../event-store/event-store.ts';
import type { SnapshotStore } from '../../snapshot/snapshot.ts';
import { uniqueName } from '../sample-events.ts';
import { seededRandom } from '../seeded-random.ts';
import { type Make, type TestPort, testWith } from '../test-port.ts';
import { checkHistory } from './check-history.ts';
import { type CommandHistoryOptions, sendCommands } from './sender.ts';

/** What the handlers of several processes share. */
export interface CommandStores {
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
}

/** How much is tried. */
export interface CommandRuns {
  /** Default 1. */
  readonly firstSeed?: number;
  readonly runs: number;
  /** Commands of one run, default 150. */
  readonly commands?: number;
}

/**
 * What commands may rely on over this event store, tried with random commands to few aggregates by several handlers, while appends
 * fail before and after they take effect, images are evicted and snapshots come and go: no acknowledged command is lost or takes
 * effect twice, answers come in order and are true.
 */
export function aggregateHandlerContract(
  port: TestPort,
  makeStores: Make<CommandStores>,
  { firstSeed = 1, runs, commands = 150 }: CommandRuns,
): void {
  const test = testWith(port, makeStores);
  port.describe('commands to aggregates', () => {
    for (const [name, options] of Object.entries(situations(commands)))
      test(`are lost by nobody and take effect once: ${name}`, async ({ store, snapshots }) => {
        for (let seed = firstSeed; seed < firstSeed + runs; seed += 1)
          await runHistory(store, snapshots, seed, options);
      });
  });
}

const situations = (commands: number): Record<string, CommandHistoryOptions> => ({
  'one process, nothing fails': { commands, processes: 1, aggregates: 2, faults: 0 },
  'one process, appends fail': { commands, processes: 1, aggregates: 2, faults: 0.3 },
  'three processes, nothing fails': { commands, processes: 3, aggregates: 3, faults: 0 },
  'three processes, appends fail': { commands, processes: 3, aggregates: 3, faults: 0.3 },
});

async function runHistory(
  store: EventStore,
  snapshots: SnapshotStore,
  seed: number,
  options: CommandHistoryOptions,
): Promise<void> {
  const prefix = uniqueName('run');
  try {
    const sent = await sendCommands(store, snapshots, seededRandom(seed), { ...options, prefix });
    await checkHistory(store, snapshots, sent);
  } catch (error) {
    throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
  }
}
