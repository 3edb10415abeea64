import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readTruth, SurveyError } from '@banyan/survey';
import { scoreCheckout } from './score-checkout.ts';
import { scoreLines } from './score-lines.ts';

const usage = 'npm run score -- --repo PATH --truth FILE.csv [--schema FILE.sql | --database URL] [--json]';

try {
  const { values } = parseArgs({
    options: {
      repo: { type: 'string' },
      truth: { type: 'string' },
      schema: { type: 'string', multiple: true },
      database: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { repo, truth: list, schema: schemas, database } = values;
  if (repo === undefined || list === undefined)
    throw new SurveyError('usage', `Give both the folder and the list: ${usage}`);
  const text = await readFile(list, 'utf8').catch((cause: unknown) => {
    throw new SurveyError('truth-unreadable', `${list} can't be read. Give the list with --truth FILE.csv.`, {
      cause,
    });
  });
  const scores = await scoreCheckout(readTruth(text), { repo, schemas, database });
  const { codeAlone, withSchema } = scores;
  const json = withSchema === undefined ? codeAlone : { ...withSchema, codeAlone };
  process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : `${scoreLines(scores).join('\n')}\n`);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
