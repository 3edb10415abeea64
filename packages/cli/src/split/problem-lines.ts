import type { PreflightPlan, Problem, Severity } from '@banyan/split';
import pc from 'picocolors';
import { wrapped } from '../terminal/wrap.ts';

const signs: Readonly<Record<Severity, string>> = {
  error: pc.red('✗'),
  warning: pc.yellow('!'),
  note: pc.dim('·'),
};

/** The problems of a split for people: each with its remedy under it; a statement to copy stays on one line. */
export function problemLines(
  name: string,
  { tables, keep }: PreflightPlan,
  problems: readonly Problem[],
  width = 80,
): string[] {
  const one = tables.length === 1;
  const does = keep === undefined ? (one ? 'leaves' : 'leave') : one ? 'is copied' : 'are copied';
  return [
    pc.bold(`${name}: ${tables.length} ${one ? 'table' : 'tables'} ${does}`),
    ...problems.flatMap((problem) => ['', ...linesOf(problem, width)]),
    '',
    verdict(problems),
  ];
}

function linesOf({ kind, severity, object, message, remedy }: Problem, width: number): string[] {
  return [
    `${signs[severity]} ${pc.bold(kind)}  ${object}`,
    ...wrapped(message, width - 2).map((line) => `  ${line}`),
    ...wrapped(`-> ${remedy}`, width - 2).map((line) => pc.dim(`  ${line}`)),
  ];
}

function verdict(problems: readonly Problem[]): string {
  const count = (severity: Severity, word: string) => {
    const times = problems.filter((problem) => problem.severity === severity).length;
    return `${times} ${word}${times === 1 ? '' : 's'}`;
  };
  const counts = `${count('error', 'error')}, ${count('warning', 'warning')}, ${count('note', 'note')}`;
  return problems.some(({ severity }) => severity === 'error')
    ? `${pc.red('✗')} ${counts}: the errors must go before it can begin`
    : `${pc.green('✓')} ${counts}: it can begin`;
}
