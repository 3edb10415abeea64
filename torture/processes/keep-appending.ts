import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../bench/harness/random.ts';
import { type Store, VersionConflict } from '../candidates/candidate.ts';
import type { RunningTask } from './worker.ts';

const callers = 4;
const sharedStreams = 4;

/**
 * Appends to streams of its own and to shared ones, one to three events at a time, some of which are made to abort. Says `ack` and the
 * labels for what was acknowledged. What failed is not tried again, since it may have taken effect.
 */
export async function keepAppending(
  store: Store,
  { name, seed = 1, generation }: RunningTask,
  say: (line: string) => void,
): Promise<never> {
  const random = seededRandom(seed + generation * 7919);
  const whole = (limit: number) => Math.floor(random() * limit);
  let next = 0;
  const appendOne = async (): Promise<void> => {
    next += 1;
    const own = random() < 0.5;
    const abort = random() < 0.1 ? 'abort-' : '';
    const id = `${abort}${name}.${generation}.${next}`;
    const labels = Array.from({ length: 1 + whole(3) }, (_, index) => `${id}.${index}`);
    const stream = own ? `own-${id}` : `shared-${whole(sharedStreams)}`;
    const expected = own ? 0 : random() < 0.5 ? 'any' : await store.load(stream);
    await store.append(stream, labels, expected);
    say(`ack ${labels.join(' ')}`);
  };
  const keepOn = async (): Promise<never> => {
    for (;;) {
      await appendOne().catch((error: unknown) => wait(error instanceof VersionConflict ? 1 : 20));
      await wait(2);
    }
  };
  await Promise.all(Array.from({ length: callers }, keepOn));
  throw new Error('unreachable');
}
