import { parseArgs } from 'node:util';
import { cases } from '../cases/cases.ts';
import { wrap } from './wrap.ts';

/** What the command line asks for. */
export interface TortureOptions {
  /** Of everything random. */
  readonly seed: number;
  readonly json: boolean;
  readonly help: boolean;
  /** The names of the cases to run. */
  readonly only: readonly string[];
}

const synopsis = 'npm run torture -- [--seed N] [--json] [--only CASE,...]';

/** Where to read more, for those who got it wrong. */
export const hint = `${synopsis}\nnpm run torture -- --help says more.`;

/** What the command line may say. */
export const usage = `${synopsis}

${cases.flatMap(({ name, about }) => [`  ${name}`, ...wrap(`      ${about}`, 6)]).join('\n')}

  --seed N       seed of everything random; else a new one, which is printed
  --json         one JSON object per finding on standard output, and no table
  --only CASES   some of the cases, separated by commas`;

/** A command line that can't be followed; says why. */
export class UsageError extends Error {}

/** @throws UsageError with a sentence for the user. */
export function parseOptions(args: readonly string[], anySeed: number): TortureOptions {
  const { seed, json = false, help = false, only } = parse(args);
  if (seed !== undefined && !/^\d{1,9}$/.test(seed)) {
    throw new UsageError(`--seed takes a whole number below 1000000000, not ${JSON.stringify(seed)}.`);
  }
  const known = cases.map(({ name }) => name);
  const wanted = only?.split(',').map((name) => name.trim()) ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no case ${unknown.map((name) => JSON.stringify(name)).join(', ')}: choose among ${known.join(', ')}.`,
    );
  }
  return { seed: seed === undefined ? anySeed : Number(seed), json, help, only: wanted };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...args], options: { seed: text, only: text, json: flag, help: flag } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
