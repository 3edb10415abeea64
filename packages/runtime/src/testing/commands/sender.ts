import { randomUUID } from 'node:crypto';
import type { Executed } from '../../aggregate/batch.ts';
import type { AggregateHandler } from '../../aggregate/execute.ts';
import { aggregateHandler } from '../../aggregate/execute.ts';
import type { EventStore } from '../../event-store/event-store.ts';
import type { SnapshotStore } from '../../snapshot/snapshot.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { faultySnapshots, faultyStore, unwritable } from './faulty-store.ts';
import { type Purse, purse } from './purse.ts';

type Commands = typeof purse.contract.commands;

/** A command that was sent, and what came of it. */
export interface Sent {
  readonly process: number;
  readonly id: string;
  readonly type: keyof Commands;
  readonly data: { readonly label: string; readonly amount: number };
  readonly commandId?: string;
  /** The newest version of the aggregate that anybody had been told of when it was sent. */
  readonly knownVersion: number;
  /** Its place among all answers. */
  answered?: number;
  executed?: Executed<Purse>;
  error?: unknown;
}

/** What is sent where. */
export interface CommandHistoryOptions {
  readonly commands: number;
  readonly processes: number;
  readonly aggregates: number;
  /** Share of appends that fail. */
  readonly faults: number;
}

function processOver(inner: EventStore, snapshots: SnapshotStore, random: SeededRandom, faults: number) {
  const { store, settle } = faultyStore(inner, random, faults);
  const handler = aggregateHandler({
    store,
    aggregate: purse,
    // No waiting, so that much happens in little time; the turns of the event loop let others by.
    timing: {
      now: Date.now,
      random: random.next,
      sleep: () => new Promise<void>((resolve) => setTimeout(resolve, random.below(3))),
    },
    memoryBytes: random.pick([0, 1_500, 1_000_000]),
    maxCommandsPerAppend: random.pick([1, 3, 100]),
    maxBytesPerAppend: random.pick([500, 1_000_000]),
    ...(random.chance(0.7)
      ? {
          snapshots: {
            store: faultySnapshots(snapshots, random, faults),
            everyEvents: random.pick([1, 5, 30]),
            replayMs: random.pick([0, 50]),
          },
        }
      : {}),
  });
  return { handler, settle };
}

/** Sends random commands through several handlers with memories of their own, as several processes would. */
export async function sendCommands(
  store: EventStore,
  snapshots: SnapshotStore,
  random: SeededRandom,
  options: CommandHistoryOptions & { readonly prefix: string },
): Promise<readonly Sent[]> {
  const processes = Array.from({ length: options.processes }, () =>
    processOver(store, snapshots, random, options.faults),
  );
  const ids = Array.from({ length: options.aggregates }, (_, index) => `${options.prefix}-${index}`);
  const sent: Sent[] = [];
  const known = new Map<string, number>();
  const answers: Promise<void>[] = [];
  let answered = 0;

  function send(command: Omit<Sent, 'knownVersion'>): void {
    const record: Sent = { ...command, knownVersion: known.get(command.id) ?? 0 };
    sent.push(record);
    const { handler } = processes[record.process]! as { handler: AggregateHandler<Purse, Commands> };
    const settled = (more: Pick<Sent, 'executed' | 'error'>) => {
      answered += 1;
      Object.assign(record, more, { answered });
    };
    const { id, type, data, commandId } = record;
    const reply = handler.execute(id, type, data, commandId === undefined ? {} : { commandId });
    answers.push(
      reply.then(
        (executed) => {
          known.set(id, Math.max(known.get(id) ?? 0, executed.version));
          settled({ executed });
        },
        (error: unknown) => settled({ error }),
      ),
    );
  }

  for (let index = 0; index < options.commands; index += 1) {
    const again = sent.length > 0 && random.chance(0.1) ? random.pick(sent) : undefined;
    const process = random.below(options.processes);
    if (again?.commandId !== undefined) {
      const { id, type, data, commandId } = again;
      send({ process, id, type, data, commandId });
    } else {
      const label = `${random.chance(0.01) ? unwritable : 'label'}-${index}`;
      const type = random.pick(['Put', 'Put', 'Take', 'Take', 'Fill', 'Empty'] as const);
      const commandId = random.chance(0.3) ? { commandId: randomUUID() } : {};
      send({
        process,
        id: random.pick(ids),
        type,
        data: { label, amount: 1 + random.below(8) },
        ...commandId,
      });
    }
    // Some come at once, some after one another, some after everybody has been answered.
    if (random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
    if (random.chance(0.1)) await answers.at(-1);
    if (random.chance(0.02)) await Promise.all(answers);
  }
  await Promise.all(answers);
  for (const { handler, settle } of processes) {
    await settle();
    await handler.flush();
  }
  return sent;
}
