import type { Contestant } from '../harness/compare.ts';
import { query } from '../harness/server.ts';
import type { Backlog } from './backlog.ts';

/** A way to read the log. */
export interface Reader {
  readonly name: string;
  /** The slot that it reads, made for each turn. */
  readonly slot: string;
  /** Reads until the backlog's last row has been seen. */
  read(backlog: Backlog, slot: string): Promise<Finish>;
}

/** What comes after the clock has stopped: ends the reading, and says how many rows there were. */
export type Finish = () => Promise<number>;

/** What a turn is measured by: the clock on the wall, or the processor time of this process. */
export type Clock = () => number;

/** Seconds of the wall clock. */
export const wallClock: Clock = () => performance.now() / 1000;

/** Seconds that this process has kept processors busy. Of no use for readers that are another process. */
export const processorClock: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
};

/** Gives the reader a slot of its own and the whole backlog, and makes sure that it saw every row. */
export function reading(reader: Reader, backlog: Backlog, clock: Clock): Contestant {
  const { name, slot } = reader;
  return {
    name,
    async turn() {
      await dropSlot(backlog.url, slot);
      await query(backlog.url, 'select pg_copy_logical_replication_slot($1, $2)', [backlog.slot, slot]);
      await query(backlog.url, 'checkpoint');
      const start = clock();
      const finish = await reader.read(backlog, slot);
      const seconds = clock() - start;
      const amount = await finish();
      await dropSlot(backlog.url, slot);
      if (amount !== backlog.rows) throw new Error(`${name} saw ${amount} of ${backlog.rows} rows.`);
      return { amount, seconds };
    },
  };
}

/** A reader that has just ended may hold its slot for another moment. */
async function dropSlot(url: string, slot: string): Promise<void> {
  const named = 'from pg_replication_slots where slot_name = $1';
  await query(url, `select pg_terminate_backend(active_pid, 5000) ${named} and active`, [slot]);
  await query(url, `select pg_drop_replication_slot(slot_name) ${named}`, [slot]);
}
