import type { Baseline, RatchetResult, Survey } from '@banyan/survey';
import pc from 'picocolors';
import { cut, tableLines } from '../terminal/table.ts';
import { wrapped } from '../terminal/wrap.ts';

/** What is new across the contexts, where, and what may leave the baseline. */
export function ratchetLines({ added, gone }: RatchetResult, ties: number, width: number): string[] {
  const verdict =
    added.length === 0
      ? `${pc.green('✓')} ${ties} ${ties === 1 ? 'tie' : 'ties'} across the contexts, none of them new`
      : `${pc.red('✗')} ${added.length} new ${added.length === 1 ? 'tie' : 'ties'} across the contexts`;
  return [
    verdict,
    ...added.flatMap(({ key, evidence }) => [
      cut(`  ${key}`, width),
      ...(evidence === undefined
        ? []
        : [pc.dim(cut(`    ${evidence.path}:${evidence.line} ${evidence.what}`, width))]),
    ]),
    ...(gone.length === 0
      ? []
      : [
          `${gone.length} of the baseline ${gone.length === 1 ? 'is' : 'are'} gone; let it shrink with --update`,
        ]),
  ];
}

/** What a new baseline holds, and what has left it. */
export function updatedLines(file: string, now: Baseline, before: Baseline | undefined): string[] {
  const ties = `${now.ties.length} ${now.ties.length === 1 ? 'tie' : 'ties'}`;
  if (before === undefined) return [`${file} is made with ${ties}: commit it`];
  const gone = before.ties.length - now.ties.length;
  return [gone === 0 ? `${file} has ${ties} as before` : `${file} has ${ties}, ${gone} fewer: commit it`];
}

/** What is proposed may be another thing tomorrow, and then ties are new that nobody has made. */
export function anewLines(width: number): string[] {
  return wrapped(
    'The contexts were proposed anew. Keep them with: banyan survey --keep-contexts FILE, and give them with --contexts FILE.',
    width,
  ).map((line) => pc.dim(line));
}

/** Ease and knots of each context before and after a move. */
export function whatIfLines(before: Survey, after: Survey, width: number): readonly string[] {
  const names = [...new Set([...before.candidates, ...after.candidates].map(({ context }) => context))];
  const of = ({ candidates }: Survey, name: string) => candidates.find(({ context }) => context === name);
  const knots = (survey: Survey, name: string) => {
    const all = Object.values(of(survey, name)?.knots ?? {});
    return of(survey, name) === undefined ? '-' : `${all.reduce((sum, times) => sum + times, 0)}`;
  };
  return tableLines(
    [
      { title: 'context' },
      { title: 'ease', right: true },
      { title: 'then', right: true },
      { title: 'knots', right: true },
      { title: 'then', right: true },
    ],
    names.map((name) => [
      name,
      `${of(before, name)?.ease ?? '-'}`,
      `${of(after, name)?.ease ?? '-'}`,
      knots(before, name),
      knots(after, name),
    ]),
    width,
  );
}
