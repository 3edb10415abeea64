import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { SurveyError } from '../errors.ts';
import { survey } from '../survey.ts';
import { scoreAgainst, type TruthScore } from './score.ts';
import { readTruth } from './truth.ts';

const usage = 'npm run score -- --repo PATH --truth FILE.csv [--json]';

try {
  const { values } = parseArgs({
    options: {
      repo: { type: 'string' },
      truth: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.repo === undefined || values.truth === undefined)
    throw new SurveyError('usage', `Give both the folder and the list: ${usage}`);
  const list = values.truth;
  const text = await readFile(list, 'utf8').catch((cause: unknown) => {
    throw new SurveyError('truth-unreadable', `${list} can't be read. Give the list with --truth FILE.csv.`, {
      cause,
    });
  });
  const truth = readTruth(text);
  const score = scoreAgainst(await survey({ repo: values.repo }), truth);
  process.stdout.write(values.json ? `${JSON.stringify(score)}\n` : `${lines(score).join('\n')}\n`);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function lines(score: TruthScore): string[] {
  const { contextsProposed, contextsKnown, classesCounted, classesMissing, c2cCoverage, quality } = score;
  const figure = (value: number) => value.toFixed(3).padStart(8);
  const percent = (value: number) => `${value.toFixed(1).padStart(6)} %`;
  return [
    `${classesCounted} classes counted, ${contextsProposed} contexts proposed, ${contextsKnown} known`,
    ...(classesMissing.length === 0 ? [] : [`not in the code: ${classesMissing.join(', ')}`]),
    `MoJoFM                          ${percent(score.mojoFm)}`,
    `MoJoFM, shared at their home    ${percent(score.mojoFmSingle)}`,
    ...Object.entries(c2cCoverage).map(
      ([threshold, value]) => `C2C coverage over ${threshold} %           ${percent(value)}`,
    ),
    'without a known split, over static calls:',
    `BCP  entropy of use cases       ${figure(quality.bcp)}   lower is better`,
    `ICP  calls between contexts     ${figure(quality.icp)}   lower`,
    `SM   structural modularity      ${figure(quality.sm)}   higher`,
    `IFN  interfaces per context     ${figure(quality.ifn)}   lower`,
    `NED  in extreme contexts        ${figure(quality.ned)}   lower`,
    `transaction purity              ${quality.transactionPurity === undefined ? '       - ' : figure(quality.transactionPurity)}   higher`,
  ];
}
