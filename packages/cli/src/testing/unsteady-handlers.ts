import { postgresCheckpointStore, postgresEventStore, startSubscriptionAt } from '@banyan/postgres';
import { awaitPosition } from '@banyan/runtime';
import type { SeededRandom } from '@banyan/runtime/testing';
import type pg from 'pg';
import { expect } from 'vitest';
import { startHandlers } from './crossing/start-handlers.ts';

/** A subscription of the handlers: where its checkpoint is, and whose log it follows. */
interface Half {
  readonly name: string;
  readonly at: pg.Pool;
  readonly follows: pg.Pool;
}

/** The handlers of the saga, in one process or several. */
export interface UnsteadyHandlers extends AsyncDisposable {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Chooses what befalls them next, which happens after what befell them before. */
  befall(): void;
  /** Lets both be told everything again, and waits until they are through. */
  again(): Promise<void>;
  /** Waits until nothing is left to do. */
  caughtUp(): Promise<void>;
}

const sessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'order-handlers' and datname = current_database()`;

/** Handlers whose sessions are ended, which are stopped, started and doubled, and which are told again what they have heard. */
export function unsteadyHandlers(
  monolith: pg.Pool,
  warehouse: pg.Pool,
  { random, patienceMs }: { readonly random: SeededRandom; readonly patienceMs: number },
): UnsteadyHandlers {
  const halves: readonly Half[] = [
    { name: 'take-stock', at: warehouse, follows: monolith },
    { name: 'settle-orders', at: monolith, follows: warehouse },
  ];
  const [monolithUrl, warehouseUrl] = [monolith, warehouse].map((pool) => pool.options.connectionString!);
  const running: AsyncDisposable[] = [];
  const start = async () => {
    running.push(await startHandlers(monolithUrl!, warehouseUrl!, patienceMs));
  };
  const stopOne = async () => running.shift()?.[Symbol.asyncDispose]();
  let turn = Promise.resolve();
  const misfortunes: readonly ((half: Half, part: number) => Promise<unknown>)[] = [
    ({ at }) => at.query(sessions),
    async () => running.length < 3 && start(),
    async () => {
      await stopOne();
      if (running.length === 0) await start();
    },
    tellAgain,
  ];
  const stop = async () => {
    await turn;
    while (running.length > 0) await stopOne();
  };
  return {
    start,
    stop,
    befall() {
      const [what, half, part] = [random.pick(misfortunes), random.pick(halves), random.next()];
      turn = turn.then(async () => void (await what(half, part)));
    },
    async again() {
      await turn;
      for (const half of halves) await tellAgain(half, 0);
      for (const half of halves) await caughtUp(half);
    },
    async caughtUp() {
      await turn;
      for (const half of halves) await caughtUp(half);
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Puts the checkpoint back, to this part of the log. */
async function tellAgain({ name, at, follows }: Half, part: number): Promise<void> {
  const head = await postgresEventStore(follows).head();
  await postgresCheckpointStore(at).control(name, { desired: 'stopped' });
  await startSubscriptionAt(at, { name, position: BigInt(Math.floor(Number(head) * part)) });
}

async function caughtUp({ name, at, follows }: Half): Promise<void> {
  await expect.poll(async () => (await follows.query('select from banyan.outbox')).rowCount).toBe(0);
  const head = await postgresEventStore(follows).head();
  await awaitPosition(postgresCheckpointStore(at), name, head, { timeoutMs: 30_000 });
}
