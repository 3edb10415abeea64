import type { Contestant } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { callEach, callFor } from '../harness/run-callers.ts';
import { query } from '../harness/server.ts';
import { eventsBefore, type Lines, newOrderId, payloads } from './order.ts';

/** Where a contender writes to, so that it can be counted. */
export interface Writes {
  readonly name: string;
  readonly url: string;
  /** Gives the number of events as `count`. */
  readonly countSql: string;
}

/** A way to keep orders as streams of events. */
export interface Contender extends Writes {
  /** Writes the first events of an order that must not be there yet; returns when they are safe. */
  begin(id: string, changes: readonly Lines[]): Promise<unknown>;
  /** Loads an order, decides on it, and appends one event if nobody else has in the meantime. */
  change(id: string, lines: Lines): Promise<unknown>;
  close(): Promise<void>;
}

/** Callers that append one event each to new streams, for the time of a turn. */
export function appending(contender: Contender, { options }: Lab, callers: number): Contestant {
  const payload = payloads(options.seed);
  return {
    name: contender.name,
    turn: () =>
      counted(contender, () =>
        callFor(callers, options.seconds, () => contender.begin(newOrderId(), [payload()])),
      ),
  };
}

const commandsPerSecond = 2000;

/** Callers that load, decide and append, each order once, so that nobody's streams grow longer than another's. */
export function changing(contender: Contender, { options }: Lab, callers: number): Contestant {
  const payload = payloads(options.seed);
  const commands = Math.ceil(options.seconds * (callers === 1 ? commandsPerSecond / 4 : commandsPerSecond));
  let ids: readonly string[] = [];
  return {
    name: contender.name,
    async prepare() {
      ids = Array.from({ length: commands }, newOrderId);
      const first = Array.from({ length: eventsBefore }, payload);
      await callEach(preparers, ids, (id) => contender.begin(id, first));
    },
    turn: () => counted(contender, () => callEach(callers, ids, (id) => contender.change(id, payload()))),
  };
}

const preparers = 32;

/** Runs a turn that says how many events it wrote, and makes sure that there are so many more. */
export async function counted<Result extends { readonly amount: number }>(
  { name, url, countSql }: Writes,
  turn: () => Promise<Result>,
): Promise<Result> {
  // So that nobody pays for what the one before has left to be written.
  await query(url, 'checkpoint');
  const before = await count(url, countSql);
  const result = await turn();
  const written = (await count(url, countSql)) - before;
  if (written === result.amount) return result;
  throw new Error(`${name} says it wrote ${result.amount} events, and ${written} are there.`);
}

async function count(url: string, sql: string): Promise<number> {
  return Number((await query(url, sql))[0]!.count);
}
