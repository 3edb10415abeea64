import type { Candidate } from '../candidates/candidate.ts';
import type { Finding } from './torture-case.ts';
import { wrap } from './wrap.ts';

/** What a case found out about a candidate. */
export interface Outcome extends Finding {
  readonly case: string;
  readonly about: string;
  readonly candidate: string;
  readonly version: string;
  readonly seconds: number;
  /** What kept the case from being run, or broke where nobody could catch it. */
  readonly failure?: string | undefined;
}

const nameWidth = 28;
const cellWidth = 13;
const green = 32;
const red = 31;

/** The verdicts as a table of 80 columns at most, and below it what each rests on. */
export function formatTable(
  outcomes: readonly Outcome[],
  candidates: readonly Pick<Candidate, 'name' | 'about'>[],
  { color, seed }: { readonly color: boolean; readonly seed: number },
): string {
  const names = [...new Set(outcomes.map((outcome) => outcome.case))];
  const cells = (values: readonly string[]) => values.map((value) => value.padEnd(cellWidth)).join('');
  const lines = [`${''.padEnd(nameWidth)}${cells(candidates.map(({ name }) => name))}`.trimEnd()];
  for (const name of names) {
    const verdicts = candidates.map((candidate) => {
      const found = outcomes.find((outcome) => outcome.case === name && outcome.candidate === candidate.name);
      return paint(found?.verdict ?? '', color);
    });
    lines.push(`${name.padEnd(nameWidth)}${verdicts.join('')}`.trimEnd());
  }
  for (const name of names) {
    const found = outcomes.filter((outcome) => outcome.case === name);
    lines.push('', ...wrap(`${name}: ${found[0]!.about}`, 0));
    for (const { candidate, verdict, finding } of found)
      lines.push(...wrap(`  ${candidate} ${verdict}: ${finding}`, 4));
  }
  lines.push('', ...candidates.flatMap(({ name, about }) => wrap(`${name}: ${about}`, 2)), `seed ${seed}`);
  return lines.join('\n');
}

function paint(verdict: string, color: boolean): string {
  const padded = verdict.padEnd(cellWidth);
  if (!color || verdict === '' || verdict === 'not offered') return padded;
  return `\u001b[${verdict === 'passes' ? green : red}m${padded}\u001b[0m`;
}
