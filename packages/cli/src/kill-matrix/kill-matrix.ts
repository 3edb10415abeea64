import { seededRandom } from '@banyan/runtime/testing';
import { type KillRun, type KillServers, killRun } from './kill-run.ts';
import { scenarioOf } from './scenario.ts';
import { startKillable } from './servers.ts';

/** How much is tried. */
export interface KillMatrixOptions {
  readonly runs: number;
  readonly seed: number;
  /** Whether the monolith goes on over a bridge, and not the writers to the new owner. Default false. */
  readonly bridge?: boolean;
  /** Ends the servers at once. */
  readonly signal?: AbortSignal;
  readonly onRun: (run: KillRun, number: number) => void;
}

/** Runs the matrix on two servers of its own. The same seed gives the same faults at the same moments, as far as a machine can. */
export async function killMatrix({
  runs,
  seed,
  bridge,
  signal,
  onRun,
}: KillMatrixOptions): Promise<KillRun[]> {
  const random = seededRandom(seed);
  const done: KillRun[] = [];
  const source = await startKillable('source');
  try {
    const target = await startKillable('target');
    try {
      const servers: KillServers = { source, target };
      signal?.addEventListener('abort', () => void endServers(servers));
      for (let number = 0; number < runs; number++) {
        const run = await killRun(servers, number, scenarioOf(number, random), bridge);
        done.push(run);
        onRun(run, number);
      }
    } finally {
      await target[Symbol.asyncDispose]();
    }
  } finally {
    await source[Symbol.asyncDispose]();
  }
  return done;
}

async function endServers({ source, target }: KillServers): Promise<void> {
  await Promise.all([source[Symbol.asyncDispose](), target[Symbol.asyncDispose]()]);
  process.exit(130);
}
