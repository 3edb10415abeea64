import type { KeyCheck } from '@banyan/split';
import pc from 'picocolors';
import { cut } from '../terminal/table.ts';

/** Whether something is to be done that was not done. */
export function isOpen({ orphans, changed, rule }: KeyCheck): boolean {
  return typeof rule === 'object' && rule.orphans !== 'allow' && orphans > 0 && changed === 0;
}

/** What was found of one key, with a few values that have no parent. */
export function checkLines(check: KeyCheck, width: number): string[] {
  const { key, rule, checked, orphans, samples, changed } = check;
  const sign = orphans === 0 ? pc.green('✓') : isOpen(check) ? pc.red('✗') : pc.yellow('!');
  const what = typeof rule === 'object' ? rule.orphans : rule;
  const done = changed === 0 ? '' : `, ${changed} ${what === 'mark' ? 'marked' : 'deleted'}`;
  return [
    `${sign} ${pc.bold(key.name)}`,
    cut(
      `  ${orphans} of ${checked} rows of ${key.child.table} have no ${key.parent.table}${done} (${what})`,
      width,
    ),
    ...samples
      .slice(0, 5)
      .map(({ key: values, rows }) => cut(`    ${values.join(', ')}: ${rows} rows`, width)),
  ];
}
