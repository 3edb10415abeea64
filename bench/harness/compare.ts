import { median, pairedRatio, rotated, type Spread, spreadOf } from './statistics.ts';

/** What was done in one turn, and the time it took. */
export interface Turn {
  readonly amount: number;
  readonly seconds: number;
}

/** One way to do the work. */
export interface Contestant {
  /** `ours` for ours. */
  readonly name: string;
  /** Does the work once, and throws unless all that it counts is really there. */
  turn(): Promise<Turn>;
}

/** One piece of work that ours and its peers do in turn. */
export interface Work {
  readonly work: string;
  /** What a rate counts, `appends/s`. */
  readonly unit: string;
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
  /** Rounds behind each number. */
  readonly runs: number;
}

/** How to compare. */
export interface CompareOptions {
  readonly runs: number;
  /** Is told of every turn. */
  readonly progress: (line: string) => void;
}

/** Lets everybody warm up once, and then measures in rounds: everybody in turn, in an order that rotates. */
export async function compare(
  { work, unit, ours, peers }: Work,
  { runs, progress }: CompareOptions,
): Promise<Row> {
  const contestants = [ours, ...peers];
  const rates = new Map(contestants.map(({ name }): [string, number[]] => [name, []]));
  if (rates.size < contestants.length) throw new Error(`Two contestants of "${work}" have one name.`);
  progress(`${work}: warm-up`);
  for (const contestant of contestants) await rateOf(contestant);
  for (let round = 0; round < runs; round += 1) {
    for (const contestant of rotated(contestants, round)) {
      const rate = await rateOf(contestant);
      rates.get(contestant.name)!.push(rate);
      const shown = Math.round(rate).toLocaleString('en');
      progress(`  round ${round + 1} of ${runs}: ${contestant.name} ${shown} ${unit}`);
    }
  }
  return rowOf({ work, unit, runs }, rates);
}

async function rateOf(contestant: Contestant): Promise<number> {
  const { amount, seconds } = await contestant.turn();
  if (!(amount > 0 && seconds > 0)) throw new Error(`${contestant.name} did ${amount} in ${seconds} s.`);
  return amount / seconds;
}

function rowOf(
  about: Pick<Row, 'work' | 'unit' | 'runs'>,
  rates: ReadonlyMap<string, readonly number[]>,
): Row {
  const [[, own], ...peers] = [...rates] as [[string, readonly number[]], ...[string, readonly number[]][]];
  const { work, unit, runs } = about;
  return {
    work,
    unit,
    ours: rounded(median(own), 1),
    peers: Object.fromEntries(peers.map(([name, values]) => [name, rounded(median(values), 1)])),
    ratios: Object.fromEntries(peers.map(([name, values]) => [name, rounded(pairedRatio(own, values), 3)])),
    spread: Object.fromEntries(
      [...rates].map(([name, values]) => {
        const [min, max] = spreadOf(values);
        return [name, [rounded(min, 1), rounded(max, 1)] as const];
      }),
    ),
    runs,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
