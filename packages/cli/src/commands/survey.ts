import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Invalid } from '@banyan/runtime';
import type { Driver, Pins, Survey } from '@banyan/survey';
import { type Command, Option } from 'commander';
import { readBaselineOf, writeBaseline } from '../survey/baseline-file.ts';
import { cacheFolder } from '../survey/cache-folder.ts';
import { openSurveyDatabase } from '../survey/open-database.ts';
import { planConfig } from '../survey/plan/plan-config.ts';
import { anewLines, ratchetLines, updatedLines, whatIfLines } from '../survey/ratchet-lines.ts';
import { surveyLines } from '../survey/survey-lines.ts';
import { walkLines, walkTable } from '../survey/walk-lines.ts';
import { watchFor } from '../survey/watch-for.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';

interface Flags {
  readonly repo?: string;
  readonly database?: string;
  readonly schema?: readonly string[];
  readonly watch?: string;
  readonly contexts?: string;
  readonly driver?: Driver;
  readonly json?: boolean;
  readonly cache?: boolean;
  readonly markdown?: string;
  readonly html?: string;
  readonly keepContexts?: string;
}

interface CheckFlags extends Flags {
  readonly baseline: string;
  readonly update?: boolean;
}

interface PlanFlags extends Flags {
  readonly out?: string;
}

interface WhatIfFlags extends Flags {
  readonly move: string[];
}

/** `banyan survey` and what is asked of one: `check`, `what-if`, `plan`, `walk`. */
export function addSurvey(program: Command): void {
  const verb = withOptions(program.command('survey'))
    .description('find the seams of a monolith in its code and its database; both are only read')
    .option('--html <file>', 'write a page there that needs nothing else')
    .option('--markdown <file>', 'write a report in Markdown there, to be pasted')
    .option('--keep-contexts <file>', 'write what is proposed there, to be changed and given with --contexts')
    .action((flags: Flags) => told(() => run(flags)));
  withOptions(verb.command('check'))
    .description('fail on new ties across the contexts that are not in the committed baseline')
    .requiredOption('--baseline <file>', 'the ties that are still agreed to be there')
    .option('--update', 'write the baseline: all ties the first time, later only fewer')
    .action((_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<CheckFlags>();
      return told(() => check(flags));
    });
  withOptions(verb.command('what-if'))
    .description('what the cuts would cost after a move; nothing is written')
    .requiredOption('--move <what...>', 'TABLE:CONTEXT or FILE:CONTEXT')
    .action((_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<WhatIfFlags>();
      return told(() => whatIf(flags));
    });
  withOptions(verb.command('plan'))
    .description('print the configuration to begin with when a context is taken out')
    .argument('<context>', 'a context that the survey proposes')
    .option('--out <file>', 'write it there; a file that exists is left alone')
    .action((context: string, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PlanFlags>();
      return told(() => plan(context, flags));
    });
  withOptions(verb.command('walk'))
    .description(
      'what a use case would cross under the proposed cut; without a name, all of them, the chattiest first',
    )
    .argument('[entry]', "an entry point, such as 'GET /items/:id'")
    .action((entry: string | undefined, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      return told(() => walk(entry, flags));
    });
}

function withOptions(command: Command): Command {
  return command
    .option('--repo <folder>', 'the folder of the code (default: here, unless a database is given)')
    .option('--database <url>', 'the live database: its catalogue and statistics are read')
    .option(
      '--schema <file...>',
      'scripts of the schema that are not in the folder, as pg_dump --schema-only writes them',
    )
    .option(
      '--watch <time>',
      "read the database's log for so long (90s, 5m): which tables are written together",
    )
    .option('--contexts <file>', 'what the team has decided: a JSON file with pinned and renamed contexts')
    .addOption(
      new Option('--driver <what>', 'what the split is for').choices([
        'change',
        'team',
        'scale',
        'security',
        'technology',
        'size',
      ]),
    )
    .option('--no-cache', 'read everything anew and keep nothing in the folder for caches')
    .option('--json', 'print all that was found as one JSON object on stdout');
}

/** Errors of the survey as those that the command line tells. */
async function told(work: () => Promise<void>): Promise<void> {
  // Its parsers take a while to load, and no other verb needs them.
  const { SurveyError } = await import('@banyan/survey');
  try {
    await work();
  } catch (error) {
    if (error instanceof SurveyError) throw new Invalid(error.code, error.message, { cause: error });
    throw error;
  }
}

async function run(flags: Flags): Promise<void> {
  const { surveyDocument, surveyMarkdown, surveyPage } = await import('@banyan/survey');
  const found = await surveyWith(flags);
  if (flags.html !== undefined) await writeReport(flags.html, surveyPage(found, titleOf(flags)));
  if (flags.markdown !== undefined) await writeReport(flags.markdown, surveyMarkdown(found));
  if (flags.keepContexts !== undefined) await keepContexts(flags.keepContexts, found);
  if (flags.json) process.stdout.write(jsonLine(surveyDocument(found)));
  else printLines(surveyLines(found, lineWidth()));
}

/** What was surveyed: the folder's name, or the database's, never its password. */
function titleOf({ repo, database }: Flags): string {
  if (repo === undefined && database !== undefined)
    return new URL(database).pathname.slice(1) || 'a database';
  return path.basename(path.resolve(repo ?? '.'));
}

/** A file that exists holds what the team has decided: it is left alone. */
async function keepContexts(file: string, { graph, proposal }: Survey): Promise<void> {
  const { proposedPins } = await import('@banyan/survey');
  const text = `${JSON.stringify(proposedPins(graph, proposal), undefined, 2)}\n`;
  await writeFile(file, text, { flag: 'wx' }).catch((cause: Error) => {
    throw new Invalid(
      'contexts-unwritable',
      `The contexts can't be kept: ${cause.message}. Nothing was changed; name another file.`,
      { cause },
    );
  });
}

async function writeReport(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: Error) => {
    throw new Invalid(
      'report-unwritable',
      `The report can't be written: ${cause.message}. Name another file.`,
      { cause },
    );
  });
}

async function check(flags: CheckFlags): Promise<void> {
  const { checkRatchet, crossTies, nextBaseline } = await import('@banyan/survey');
  const { graph, proposal } = await surveyWith(flags);
  const ties = crossTies(graph, proposal);
  const before = await readBaselineOf(flags.baseline);
  if (before === undefined && !flags.update)
    throw new Invalid(
      'no-baseline',
      `There is no ${flags.baseline} yet. Make it with --update and commit it.`,
    );
  const agreed = flags.update ? nextBaseline(ties, before) : before!;
  if (flags.update) await writeBaseline(flags.baseline, agreed);
  const result = checkRatchet(ties, agreed);
  if (result.added.length > 0) process.exitCode = 1;
  if (flags.json) process.stdout.write(jsonLine(result));
  else {
    printLines(ratchetLines(result, ties.length, lineWidth()));
    if (flags.update) printLines(updatedLines(flags.baseline, agreed, before));
    if (flags.contexts === undefined) printLines(anewLines(lineWidth()));
  }
}

async function whatIf(flags: WhatIfFlags): Promise<void> {
  const { movedPins, survey } = await import('@banyan/survey');
  if (flags.database !== undefined)
    throw new Invalid('what-if-needs-code', 'what-if reads code twice; give it --repo, and no database.');
  const before = await surveyWith(flags);
  const pins = movedPins(before.graph, await pinsOf(flags), flags.move);
  const after = await survey({
    repo: flags.repo ?? '.',
    schemas: flags.schema,
    pins,
    driver: flags.driver,
    cache: cacheOf(flags),
  });
  if (flags.json) process.stdout.write(jsonLine({ before: before.candidates, after: after.candidates }));
  else printLines(whatIfLines(before, after, lineWidth()));
}

async function plan(context: string, flags: PlanFlags): Promise<void> {
  const config = planConfig(await surveyWith(flags), context);
  const { out, json } = flags;
  if (out !== undefined)
    await writeFile(out, config, { flag: 'wx' }).catch((cause: Error) => {
      throw new Invalid(
        'plan-unwritable',
        `The plan can't be written: ${cause.message}. Nothing was changed; name another file with --out.`,
        { cause },
      );
    });
  if (json) process.stdout.write(jsonLine({ context, out, config }));
  else if (out === undefined) process.stdout.write(config);
  else printLines([`${out} is written: read it, correct it, commit it.`]);
}

async function walk(entry: string | undefined, flags: Flags): Promise<void> {
  const { findEndpoints, walker } = await import('@banyan/survey');
  const { graph, proposal } = await surveyWith(flags);
  const walked = (entry === undefined ? graph.endpoints : findEndpoints(graph, entry)).map(
    walker(graph, proposal),
  );
  if (flags.json) process.stdout.write(jsonLine(walked));
  else if (entry === undefined) printLines(walkTable(walked, lineWidth()));
  else printLines(walked.flatMap((each) => walkLines(each, lineWidth())));
}

async function pinsOf({ contexts }: Flags): Promise<Pins> {
  const { readPins } = await import('@banyan/survey');
  if (contexts === undefined) return {};
  const text = await readFile(contexts, 'utf8').catch((cause: Error) => {
    throw new Invalid('pins-unreadable', `${contexts} can't be read: ${cause.message}. Name another file.`, {
      cause,
    });
  });
  return readPins(text, contexts);
}

async function surveyWith(flags: Flags): Promise<Survey> {
  const { repo, database: url, schema: schemas, watch, driver, json = false } = flags;
  const { survey } = await import('@banyan/survey');
  const isShown = process.stderr.isTTY && !json;
  const pins = await pinsOf(flags);
  const onProgress = isShown ? showFiles : undefined;
  if (url === undefined) {
    if (watch !== undefined)
      throw new Invalid('watch-needs-database', '--watch reads a database: give it with --database.');
    return survey({ repo: repo ?? '.', schemas, pins, driver, onProgress, cache: cacheOf(flags) });
  }
  const watching = watch === undefined ? undefined : watchFor(watch, isShown);
  await using database = await openSurveyDatabase(url);
  const cache = repo === undefined ? undefined : cacheOf(flags);
  return await survey({ repo, database, schemas, watch: watching, pins, driver, onProgress, cache });
}

function showFiles(read: number, of: number): void {
  if (read % 100 === 0 || read + 1 === of) process.stderr.write(`\r${read + 1} of ${of} files read`);
  if (read + 1 === of) process.stderr.write('\n');
}

function cacheOf({ repo = '.', cache = true }: Flags): string | undefined {
  return cache ? cacheFolder(repo) : undefined;
}
