import { setTimeout as sleep } from 'node:timers/promises';
import type { Statement } from '../plan/action.ts';
import { ask } from './run-statements.ts';
import type { Sides } from './sides.ts';

/** How often a lock is asked for before the statement is given up. */
const tries = 100;

/**
 * Runs statements that need a lock which excludes readers: each waits for it for a moment only, again and again, because others wait
 * behind it meanwhile.
 * @throws Unavailable `postgres-lock-not-available` when it was not to be had in ten seconds or so.
 */
export async function runInMoments(sides: Sides, statements: readonly Statement[]): Promise<void> {
  for (const { on, sql } of statements) {
    for (let attempt = 1; ; attempt++) {
      try {
        await ask(sides[on].pool, `set local lock_timeout = '50ms'; ${sql}`);
        break;
      } catch (error) {
        if ((error as { code?: string }).code !== 'postgres-lock-not-available' || attempt === tries)
          throw error;
        await sleep(50);
      }
    }
  }
}
