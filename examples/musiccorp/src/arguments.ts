import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** What the user asked for. */
export interface StartArguments {
  readonly action: 'start' | 'rollback';
  /** What leaves the monolith. */
  readonly extract: 'catalogue' | 'warehouse';
  readonly fresh: boolean;
  readonly once: boolean;
  readonly json: boolean;
  readonly seed: number;
  readonly scale: number;
  readonly rate: number;
}

/**
 * Reads the command line.
 * @throws CommanderError after printing what is wrong, or the help.
 */
export function parseArguments(argv: readonly string[]): StartArguments {
  let parsed: StartArguments | undefined;
  new Command('npm start --')
    .description(
      'Runs the MusicCorp example: the shop, a proxy in front of it, shoppers, and an extraction from it.',
    )
    .argument('[action]', 'start, or rollback to put back what was extracted', action, 'start')
    .option(
      '--extract <what>',
      'catalogue: its reads, to a service; warehouse: its stock, out of the table that it shares',
      extract,
      'catalogue',
    )
    .option('--fresh', 'delete what earlier starts left and begin anew', false)
    .option('--once', 'end after the proof; the exit code is 0 only if it holds', false)
    .option('--json', 'print the proof as one JSON object on stdout, everything else on stderr', false)
    .option('--seed <number>', 'seed of the generated data and of the shoppers', positive, 1)
    .option(
      '--scale <number>',
      'size of the generated data; 1 is 10,000 items and 50,000 orders',
      positive,
      1,
    )
    .option('--rate <number>', 'requests of the shoppers per second', positive, 100)
    .showHelpAfterError('(run with --help for what there is)')
    .exitOverride()
    .action((chosen: StartArguments['action'], options: Omit<StartArguments, 'action'>) => {
      parsed = { action: chosen, ...options };
    })
    .parse(argv, { from: 'user' });
  if (parsed === undefined) throw new CommanderError(2, 'no-arguments', 'nothing was asked for');
  return parsed;
}

function action(value: string): string {
  if (value === 'start' || value === 'rollback') return value;
  throw new InvalidArgumentError('It is start or rollback.');
}

function extract(value: string): string {
  if (value === 'catalogue' || value === 'warehouse') return value;
  throw new InvalidArgumentError('It is catalogue or warehouse.');
}

function positive(value: string): number {
  const number = Number(value);
  if (number > 0 && number < 1e9) return number;
  throw new InvalidArgumentError('It is a number above 0.');
}
