import { randomUUID } from 'node:crypto';
import { inTransaction } from '@banyan/postgres';
import { Unavailable } from '@banyan/runtime';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { until } from '../sides/patiently.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { sendSignalSql, signalTable } from './signal.ts';

/** How a signal is waited for. */
export interface SignalOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a token has come through the feed into a side. A feed applies transactions in the order of their commits, so
 * everything that was committed before the token is there then.
 * @throws Unavailable `split-timeout`
 */
export async function awaitSignal(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  token: string,
  options: SignalOptions,
): Promise<void> {
  const sql = `select 1 from ${signalTable(plan)} where into_side = $1 and token = $2`;
  await arrival(sides, plan, into, { sql, values: [into, token] }, options);
}

async function arrival(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  { sql, values }: { readonly sql: string; readonly values: readonly string[] },
  options: SignalOptions,
): Promise<void> {
  const look = async () => ((await ask(sides[into].pool, sql, values)).length > 0 ? true : undefined);
  await until(look, {
    ...options,
    what: `a change of the ${otherSide(into)} to arrive at the ${into}`,
    remedy: `See what \`banyan split status ${plan.name}\` says of the feed into the ${into}.`,
  });
}

/**
 * Makes sure that a token, and with it everything that came before, is on the disk of the side that it has come to: a feed does not
 * wait for the disk, and a server that crashed would have forgotten it.
 * @throws Unavailable `signal-lost`
 */
export async function keepSignal(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  token: string,
): Promise<void> {
  await inTransaction(sides[into].pool, async (client) => {
    const sql = `select 1 from ${signalTable(plan)} where into_side = $1 and token = $2`;
    if ((await client.query(sql, [into, token])).rowCount === 0) {
      throw new Unavailable(
        'signal-lost',
        `The ${into}'s server has crashed and lost what had arrived; it will arrive again. Try again when it is up.`,
      );
    }
    await client.query(
      "set local synchronous_commit = on; select pg_logical_emit_message(true, 'banyan', 'kept')",
    );
  });
}

/** Sends a token into a side, waits for it, and returns how long it was on its way, in milliseconds. */
export async function measureLag(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  options: SignalOptions,
): Promise<number> {
  const began = performance.now();
  const token = `lag ${randomUUID()}`;
  const [sent] = await ask<{ seconds: string }>(
    sides[otherSide(into)].pool,
    `${sendSignalSql(plan, into, token)} returning extract(epoch from at)::text as seconds`,
  );
  // Somebody else may measure as well, and a later token says the same.
  const sql = `select 1 from ${signalTable(plan)} where into_side = $1 and (token = $2 or at > to_timestamp($3::float8))`;
  await arrival(sides, plan, into, { sql, values: [into, token, sent!.seconds] }, options);
  return performance.now() - began;
}
