import { Terminal } from '@banyan/runtime';
import { describeVerify, type TableDifference, type TablesVerification } from '@banyan/split';
import { figure } from '../../migrate/steps/verify.ts';
import { verifySplit } from '../verify-split.ts';
import type { SplitStep } from './step.ts';

/** Compares the tables of both sides before anybody relies on them. */
export const verify: SplitStep = async (context) => {
  const began = performance.now();
  const found = await verifySplit(context, {
    signal: context.signal,
    onProgress: (told) => context.progress(describeVerify(told, performance.now() - began)),
  });
  if (found.missing + found.different + found.extra > 0) throw rowsDiffer(context.name, found);
  const { samples: _samples, ...figures } = found;
  return { summary: verificationText(found), figures };
};

/** What was found, as one sentence. */
export function verificationText(found: TablesVerification): string {
  const { compared, missing, extra, different, unsettled } = found;
  const restless = unsettled === 0 ? '' : `, ${unsettled} changed all the time`;
  return `${figure(compared)} rows compared: ${missing} missing, ${extra} extra, ${different} different${restless}`;
}

/** A difference for a person to look at. */
export function differenceText({ kind, table, key, columns }: TableDifference): string {
  return `${kind} ${table} ${key}${columns.length === 0 ? '' : ` in ${columns.join(', ')}`}`;
}

function rowsDiffer(name: string, found: TablesVerification): Terminal {
  const samples = found.samples.slice(0, 5).map(differenceText).join('; ');
  return new Terminal(
    'rows-differ',
    `${verificationText(found)} (${samples}). Somebody wrote past the fence: abort the split (banyan split abort ${name}) and run it again.`,
  );
}
