import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';

/** What the command line asks for. */
export interface BenchOptions {
  /** Undefined asks for the list. */
  readonly name: string | undefined;
  readonly json: boolean;
  /** Rounds. */
  readonly runs: number;
  /** How long a turn takes, where work is measured by time. */
  readonly seconds: number;
  /** Rows to write, where work is measured by amount. */
  readonly rows: number;
  /** Of everything random in the data. */
  readonly seed: number;
  /** Words, one of which is in the title of the work to be done; undefined does it all. */
  readonly only: readonly string[] | undefined;
}

/** What the command line may say. */
export const usage = `npm run bench -- NAME [--json] [--runs N] [--seconds N] [--rows N] [--seed N] [--only A,B]

${Object.entries(benchmarks)
  .map(([name, about]) => `  ${name.padEnd(14)} ${about}`)
  .join('\n')}

  --json         one JSON object per row on standard output, everything else on standard error
  --runs N       rounds, default 5
  --seconds N    length of a turn that is measured by time, default 2
  --rows N       size of a backlog, default 200000
  --seed N       seed of the data, default 1
  --only A,B     only work with A or B in its title, as in: --only "1 caller,lag"`;

/** A command line that can't be followed; says why. */
export class UsageError extends Error {}

/** @throws UsageError with a sentence for the user. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const [name, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`One benchmark at a time: ${more.join(' ')} comes after ${name}.`);
  if (name !== undefined && !Object.hasOwn(benchmarks, name)) {
    throw new UsageError(`There is no benchmark ${name}: choose ${Object.keys(benchmarks).join(' or ')}.`);
  }
  return {
    name,
    json: values.json ?? false,
    runs: whole('runs', values.runs, 5, 1),
    seconds: positive('seconds', values.seconds, 2),
    rows: whole('rows', values.rows, 200_000, 1),
    seed: whole('seed', values.seed, 1, 0),
    only: values.only?.split(',').map((word) => word.trim()),
  };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, runs: text, seconds: text, rows: text, seed: text, only: text },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(option: string, given: string | undefined, otherwise: number, least: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= least && Number.isSafeInteger(value)) return value;
  throw new UsageError(`--${option} takes a whole number from ${least}, not ${JSON.stringify(given)}.`);
}

function positive(option: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (/^\d*\.?\d+$/.test(given) && value > 0) return value;
  throw new UsageError(`--${option} takes a number above 0, not ${JSON.stringify(given)}.`);
}
