import { readFile } from 'node:fs/promises';
import { Invalid } from '@banyan/runtime';
import type { Driver, Survey, WatchOptions } from '@banyan/survey';
import { type Command, Option } from 'commander';
import { openSurveyDatabase } from '../survey/open-database.ts';
import { surveyLines } from '../survey/survey-lines.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';
import { stopSignal } from './signals.ts';

interface Flags {
  readonly repo?: string;
  readonly database?: string;
  readonly watch?: string;
  readonly contexts?: string;
  readonly driver?: Driver;
  readonly json?: boolean;
}

/** `banyan survey`. */
export function addSurvey(program: Command): void {
  program
    .command('survey')
    .description('find the seams of a monolith in its code and its database; nothing is written')
    .option('--repo <folder>', 'the folder of the code (default: here, unless a database is given)')
    .option('--database <url>', 'the live database: its catalogue and statistics are read')
    .option(
      '--watch <time>',
      "read the database's log for so long (90s, 5m): which tables are written together",
    )
    .option('--contexts <file>', 'what the team has decided: a JSON file with pinned and renamed contexts')
    .addOption(
      new Option('--driver <what>', 'what the split is for').choices(['change', 'team', 'scale', 'size']),
    )
    .option('--json', 'print all that was found as one JSON object on stdout')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  // Its parsers take a while to load, and no other verb needs them.
  const { SurveyError } = await import('@banyan/survey');
  try {
    const found = await surveyWith(flags);
    if (flags.json) process.stdout.write(jsonLine(found));
    else printLines(surveyLines(found, lineWidth()));
  } catch (error) {
    if (error instanceof SurveyError) throw new Invalid(error.code, error.message, { cause: error });
    throw error;
  }
}

async function surveyWith({
  repo,
  database: url,
  watch,
  contexts,
  driver,
  json = false,
}: Flags): Promise<Survey> {
  const { readPins, survey } = await import('@banyan/survey');
  const isShown = process.stderr.isTTY && !json;
  const pins = contexts === undefined ? {} : readPins(await readFile(contexts, 'utf8'), contexts);
  const onProgress = isShown ? showFiles : undefined;
  if (url === undefined) {
    if (watch !== undefined)
      throw new Invalid('watch-needs-database', '--watch reads a database: give it with --database.');
    return survey({ repo: repo ?? '.', pins, driver, onProgress });
  }
  const watching = watch === undefined ? undefined : watchFor(watch, isShown);
  await using database = await openSurveyDatabase(url);
  return await survey({ repo, database, watch: watching, pins, driver, onProgress });
}

function watchFor(time: string, isShown: boolean): WatchOptions {
  const [, amount, unit] = /^(\d{1,5})(s|m|h)$/.exec(time) ?? [];
  const seconds = Number(amount) * { s: 1, m: 60, h: 3_600 }[(unit ?? 's') as 's' | 'm' | 'h'];
  if (!(seconds > 0 && seconds <= 86_400))
    throw new Invalid(
      'watch-time',
      `--watch is "${time}"; give seconds, minutes or hours up to a day: 90s, 5m, 2h.`,
    );
  return { seconds, signal: stopSignal(), onProgress: isShown ? showTransactions : undefined };
}

function showFiles(read: number, of: number): void {
  if (read % 100 === 0 || read + 1 === of) process.stderr.write(`\r${read + 1} of ${of} files read`);
  if (read + 1 === of) process.stderr.write('\n');
}

function showTransactions(transactions: number, secondsLeft: number): void {
  process.stderr.write(`\r${transactions} transactions seen, ${Math.ceil(secondsLeft)} s to go `);
  if (secondsLeft <= 0) process.stderr.write('\n');
}
