import { readFile } from 'node:fs/promises';
import { Invalid } from '@banyan/runtime';
import type { Command } from 'commander';
import { surveyLines } from '../survey/survey-lines.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';

interface Flags {
  readonly repo: string;
  readonly contexts?: string;
  readonly json?: boolean;
}

/** `banyan survey`. */
export function addSurvey(program: Command): void {
  program
    .command('survey')
    .description(
      'find the seams of a monolith in its code; nothing is written and nothing leaves this machine',
    )
    .option('--repo <folder>', 'the folder of the code', '.')
    .option('--contexts <file>', 'what the team has decided: a JSON file with pinned and renamed contexts')
    .option('--json', 'print all that was found as one JSON object on stdout')
    .action(run);
}

async function run({ repo, contexts, json = false }: Flags): Promise<void> {
  // Its parsers take a while to load, and no other verb needs them.
  const { readPins, survey, SurveyError } = await import('@banyan/survey');
  const onProgress = process.stderr.isTTY && !json ? showProgress : undefined;
  try {
    const pins = contexts === undefined ? {} : readPins(await readFile(contexts, 'utf8'), contexts);
    const found = await survey({ repo, pins, onProgress });
    if (json) process.stdout.write(jsonLine(found));
    else printLines(surveyLines(found, lineWidth()));
  } catch (error) {
    if (error instanceof SurveyError) throw new Invalid(error.code, error.message, { cause: error });
    throw error;
  }
}

function showProgress(read: number, of: number): void {
  if (read % 100 === 0 || read + 1 === of) process.stderr.write(`\r${read + 1} of ${of} files read`);
  if (read + 1 === of) process.stderr.write('\n');
}
