import { seededRandom } from '@banyan/runtime/testing';
import { type KillRun, type KillServers, killRun } from './kill-run.ts';
import { scenarioOf } from './scenario.ts';
import { startKillable } from './servers.ts';
import type { SplitKind } from './split-kind.ts';

/** How much is tried. */
export interface KillMatrixOptions {
  readonly runs: number;
  readonly seed: number;
  /** With a bridge the monolith goes on, and not the writers to the new owner. Default `plain`. */
  readonly kind?: SplitKind;
  /** Ends the servers at once. */
  readonly signal?: AbortSignal;
  readonly onRun: (run: KillRun, number: number) => void;
}

/** Runs the matrix on two servers of its own. The same seed gives the same faults at the same moments, as far as a machine can. */
export async function killMatrix({
  runs,
  seed,
  kind = 'plain',
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
        const run = await killRun(servers, number, scenarioOf(number, random, kind), kind);
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
