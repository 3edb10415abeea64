import type { ProcessorTime } from './processor-time.ts';
import { median, pairedRatio, percentile, rotated, type Spread, spreadOf } from './statistics.ts';

/** What was done in one turn, and the time it took. */
export interface Turn {
  readonly amount: number;
  readonly seconds: number;
  /** How long each call took, in milliseconds, where calls were made. */
  readonly latencies?: readonly number[];
  /** The middle and the slowest hundredth in milliseconds, where only these are known and not each call. */
  readonly quantiles?: readonly [p50: number, p99: number];
  /** Processor time of the contestant, where it is a process of its own and no database is at work. */
  readonly processorSeconds?: number;
}

/** One way to do the work. */
export interface Contestant {
  /** `ours` for ours. */
  readonly name: string;
  /** Makes what the next turn needs, outside of its time and of the processors' clocks. */
  prepare?(): Promise<void>;
  /** Does the work once, and throws unless all that it counts is really there. */
  turn(): Promise<Turn>;
}

/** One piece of work that ours and its peers do in turn. */
export interface Work {
  readonly work: string;
  /** What a rate counts, `appends/s`. */
  readonly unit: string;
  /** Shown is the time for one, in milliseconds, in place of how many a second. A ratio above 1 means that ours is faster all the same. */
  readonly timed?: boolean;
  readonly ours: Contestant;
  readonly peers: readonly Contestant[];
}

/** A line of the result. Rates are medians over the rounds, ratios are ours over the peer's. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
  readonly spread: Readonly<Record<string, Spread>>;
  /** The middle and the slowest hundredth of the calls, in milliseconds: medians over the rounds. */
  readonly latency?: Readonly<Record<string, readonly [p50: number, p99: number]>>;
  /** Microseconds of a processor that one cost, here and at the server, where they are known: medians over the rounds. */
  readonly processor?: Readonly<Record<string, readonly [client: number, server: number]>>;
  /** Microseconds of a processor that one cost a contestant that is a process of its own: medians over the rounds. */
  readonly ownProcessor?: Readonly<Record<string, number>>;
  /** Rounds behind each number. */
  readonly runs: number;
}

/** How to compare. */
export interface CompareOptions {
  readonly runs: number;
  /** Is told of every turn. */
  readonly progress: (line: string) => void;
  /** Reads the processors' clocks. */
  readonly processors?: () => ProcessorTime;
}

/** One turn's figures. */
interface Measured {
  readonly value: number;
  readonly latency?: readonly [number, number];
  readonly processor?: readonly [number, number];
  readonly ownProcessor?: number;
}

/** Lets everybody warm up once, and then measures in rounds: everybody in turn, in an order that rotates. */
export async function compare(work: Work, options: CompareOptions): Promise<Row> {
  const contestants = [work.ours, ...work.peers];
  const measured = new Map(contestants.map(({ name }): [string, Measured[]] => [name, []]));
  if (measured.size < contestants.length) throw new Error(`Two contestants of "${work.work}" have one name.`);
  options.progress(`${work.work}: warm-up`);
  for (const contestant of contestants) await measure(contestant, work, options);
  for (let round = 0; round < options.runs; round += 1) {
    for (const contestant of rotated(contestants, round)) {
      const turn = await measure(contestant, work, options);
      measured.get(contestant.name)!.push(turn);
      const shown = rounded(turn.value, work.timed ? 2 : 0).toLocaleString('en');
      options.progress(`  round ${round + 1} of ${options.runs}: ${contestant.name} ${shown} ${work.unit}`);
    }
  }
  return rowOf(work, options.runs, measured);
}

async function measure(
  contestant: Contestant,
  { timed }: Work,
  { processors }: CompareOptions,
): Promise<Measured> {
  await contestant.prepare?.();
  const before = processors?.();
  const { amount, seconds, latencies = [], quantiles, processorSeconds } = await contestant.turn();
  const after = processors?.();
  if (!(amount > 0 && seconds > 0)) throw new Error(`${contestant.name} did ${amount} in ${seconds} s.`);
  return {
    value: timed ? (seconds * 1000) / amount : amount / seconds,
    ...(latencies.length > 0 && { latency: [percentile(latencies, 50), percentile(latencies, 99)] }),
    ...(quantiles && { latency: quantiles }),
    ...(processorSeconds !== undefined && { ownProcessor: (processorSeconds * 1e6) / amount }),
    // Timed work says how long one took, not how many there were.
    ...(!timed &&
      processorSeconds === undefined &&
      before?.server !== undefined &&
      after?.server !== undefined && {
        processor: [
          ((after.client - before.client) * 1e6) / amount,
          ((after.server - before.server) * 1e6) / amount,
        ],
      }),
  };
}

function rowOf({ work, unit, timed }: Work, runs: number, measured: ReadonlyMap<string, Measured[]>): Row {
  const values = new Map([...measured].map(([name, turns]) => [name, turns.map(({ value }) => value)]));
  const [[, own], ...peers] = [...values] as [[string, number[]], ...[string, number[]][]];
  const ratio = (theirs: number[]) => (timed ? pairedRatio(theirs, own) : pairedRatio(own, theirs));
  const digits = timed ? 3 : 1;
  const latency = pairs(measured, 'latency', 2);
  const processor = pairs(measured, 'processor', 1);
  return {
    work,
    unit,
    ours: rounded(median(own), digits),
    peers: Object.fromEntries(peers.map(([name, theirs]) => [name, rounded(median(theirs), digits)])),
    ratios: Object.fromEntries(peers.map(([name, theirs]) => [name, rounded(ratio(theirs), 3)])),
    spread: Object.fromEntries(
      [...values].map(([name, all]) => {
        const [min, max] = spreadOf(all);
        return [name, [rounded(min, digits), rounded(max, digits)] as const];
      }),
    ),
    ...(latency && { latency }),
    ...(processor && { processor }),
    ...ownProcessor(measured),
    runs,
  };
}

/** The medians of what is measured in pairs, of those for whom it was. */
function pairs(
  measured: ReadonlyMap<string, Measured[]>,
  of: 'latency' | 'processor',
  digits: number,
): Record<string, readonly [number, number]> | undefined {
  const known = [...measured].flatMap(([name, turns]) => {
    const all = turns.flatMap((turn) => (turn[of] === undefined ? [] : [turn[of]]));
    if (all.length === 0) return [];
    const middle = (index: 0 | 1) => rounded(median(all.map((pair) => pair[index])), digits);
    return [[name, [middle(0), middle(1)] as const] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function ownProcessor(measured: ReadonlyMap<string, Measured[]>): Pick<Row, 'ownProcessor'> {
  const known = [...measured].flatMap(([name, turns]) => {
    const all = turns.flatMap(({ ownProcessor: own }) => (own === undefined ? [] : [own]));
    return all.length === 0 ? [] : [[name, rounded(median(all), 1)] as const];
  });
  return known.length === 0 ? {} : { ownProcessor: Object.fromEntries(known) };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
