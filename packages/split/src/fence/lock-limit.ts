import { Unavailable } from '@banyan/runtime';
import { ask } from '../sides/run-statements.ts';
import type { Side } from '../sides/sides.ts';
import { findBlockers, type Held } from './blockers.ts';

/** Below what makes the server look for deadlocks: of two who wait for each other we are the one who gives up. */
export async function lockLimit({ pool }: Side): Promise<number> {
  const [row] = await ask<{ ms: number }>(
    pool,
    "select setting::int as ms from pg_settings where name = 'deadlock_timeout'",
  );
  return Math.max(10, Math.min(400, (row?.ms ?? 1000) / 2));
}

/** Says who has the tables. */
export async function tablesBusy({ pool, name }: Side, held: Held, drainMs: number): Promise<Unavailable> {
  const found = await findBlockers(pool, held);
  const who = found
    .slice(0, 5)
    .map((one) =>
      one.pid === null
        ? `the prepared transaction ${one.prepared}`
        : `${one.who} (process ${one.pid}, open for ${one.seconds} s)`,
    );
  return new Unavailable(
    'tables-busy',
    `The tables could not be fenced at the ${name} within ${drainMs} ms, because they are held by ${who.join(', ') || 'somebody who has just let go'}. ` +
      'End these transactions, or let the cut-over end them: openTransactions "end" in the limits of the split.',
  );
}
