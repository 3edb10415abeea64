import pc from 'picocolors';
import type { Measure } from '../ledger/plan.ts';
import type { Proof } from '../ledger/proof.ts';
import type { OnProgress, Progress } from '../migrate/progress.ts';

/** Where lines go: a stream that may be a terminal. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

const nameWidth = 12;
/** Without a terminal, progress of a step is printed this often at most, in milliseconds. */
const plainEveryMs = 5_000;

/**
 * Prints a migration, one line per step: on a terminal the line of a step under way is rewritten in place; elsewhere
 * plain lines come at intervals.
 */
export function terminalReporter(output: Output): OnProgress {
  const live = output.isTTY === true;
  let lastPlain = 0;
  const erase = live ? '\r\u001b[K' : '';
  const line = (text: string) => output.write(`${erase}${text}\n`);
  const passing = (text: string) => {
    if (live) {
      output.write(`${erase}${shorten(text, (output.columns ?? 80) - 1)}`);
    } else if (Date.now() - lastPlain >= plainEveryMs) {
      lastPlain = Date.now();
      line(text);
    }
  };
  return (progress) => {
    if (progress.kind === 'progress')
      return passing(`  … ${progress.step.padEnd(nameWidth)} ${progress.text}`);
    if (progress.kind === 'begun') {
      lastPlain = Date.now();
      return passing(`  … ${progress.step.padEnd(nameWidth)}`);
    }
    for (const text of describe(progress)) line(text);
  };
}

function describe(progress: Exclude<Progress, { kind: 'progress' | 'begun' }>): string[] {
  switch (progress.kind) {
    case 'planned':
      return [
        pc.bold(`${progress.resumed ? 'Going on with' : 'Extracting'} ${progress.migration}`) +
          pc.dim(` in ${progress.steps.length} steps`),
      ];
    case 'done': {
      const time = progress.earlier ? 'done before' : seconds(progress.ms);
      return wrap(
        `  ${pc.green('✓')} ${pc.bold(progress.step.padEnd(nameWidth))} `,
        progress.evidence.summary,
        time,
      );
    }
    case 'held':
      return wrap(
        `  ${pc.yellow('!')} ${pc.bold(progress.step.padEnd(nameWidth))} `,
        progress.reason,
        'held, tried again',
      );
    case 'rolled-back':
      return wrap(
        `  ${pc.red('↩')} ${pc.bold('rolled back'.padEnd(nameWidth))} `,
        progress.reason,
        'reads at the monolith',
      );
    case 'finished':
      return proofLines(progress.proof);
  }
}

/** The proof of a migration as lines of at most 80 columns. */
export function proofLines(proof: Proof): string[] {
  const { traffic, rows, replies, lagMs } = proof;
  const row = (name: string, value: string) => `  ${pc.dim(name.padEnd(20))} ${value}`;
  return [
    '',
    proof.holds ? pc.bold(pc.green('Proof: it holds')) : pc.bold(pc.red('Proof: it does not hold')),
    row('requests', `${count(traffic.requests)}, ${count(traffic.failures)} failed`),
    row(
      'service answered',
      `${count(traffic.answeredByService)}, ${count(traffic.fallbacks)} more fell back to the monolith`,
    ),
    row(
      'rows',
      `${count(rows.compared)} compared: ${rows.different} different, ${rows.missing} missing, ${rows.extra} extra`,
    ),
    row(
      'replies',
      `${count(replies.compared)} compared: ${replies.different} different, ${replies.late} late`,
    ),
    row('lag', `p50 ${Math.round(lagMs.p50)} ms, p99 ${Math.round(lagMs.p99)} ms (${lagMs.samples} samples)`),
    ...proof.after.map((after) => row(after.name, beforeAndAfter(after, proof.before))),
    ...proof.checks.flatMap((one) =>
      wrap(`  ${one.holds ? pc.green('✓') : pc.red('✗')} `, one.name, one.detail, '    '),
    ),
    '',
  ];
}

function beforeAndAfter(after: Measure, before: readonly Measure[]): string {
  const was = before.find((one) => one.name === after.name);
  return was === undefined ? count(after.value) : `${count(was.value)} before, ${count(after.value)} after`;
}

const stepIndent = ' '.repeat(nameWidth + 5);

/** Breaks a line between words so that it fits into 80 columns, the following ones below the text. */
function wrap(head: string, text: string, tail: string, indent = stepIndent): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of `${text} (${tail})`.split(' ')) {
    if (current !== '' && indent.length + current.length + word.length + 1 > 80) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current].map((line, index) => (index === 0 ? head : indent) + line);
}

function shorten(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
