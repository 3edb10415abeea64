import { setTimeout as wait } from 'node:timers/promises';
import { type Store, VersionConflict } from '../candidates/candidate.ts';
import type { RunningTask } from './worker.ts';

/** The stream that commands are about. */
export const commandedStream = 'commanded';

/** An event's label holds the version that it was decided on. */
export function decidedOn(label: string): number {
  return Number(label.split('@')[1]);
}

/**
 * Loads, decides, says `decided`, waits to be told and appends; says `ack` with the label, or `conflict` and decides again. A free one
 * waits for nobody.
 */
export async function keepCommanding(
  store: Store,
  { name, generation, free = false }: RunningTask,
  { say, go }: { say: (line: string) => void; go: () => Promise<void> },
): Promise<never> {
  for (let next = 1; ; next += 1) {
    if (!free) await go();
    for (let done = false; !done; ) {
      const version = await store.load(commandedStream);
      const label = `${name}.${generation}.${next}@${version}`;
      if (!free) {
        say('decided');
        await go();
      }
      done = await store.append(commandedStream, [label], version).then(
        () => true,
        (error: unknown) => {
          say(error instanceof VersionConflict ? 'conflict' : 'failed');
          return !(error instanceof VersionConflict);
        },
      );
      if (done) say(`ack ${label}`);
      await wait(1);
    }
  }
}
