import { Invalid } from '@banyan/runtime';
import type { WatchOptions } from '@banyan/survey';
import { stopSignal } from '../commands/signals.ts';

/** How long to watch the log, from `90s`, `5m` or `2h`; told while it lasts where somebody looks. */
export function watchFor(time: string, isShown: boolean): WatchOptions {
  const [, amount, unit] = /^(\d{1,5})(s|m|h)$/.exec(time) ?? [];
  const seconds = Number(amount) * { s: 1, m: 60, h: 3_600 }[(unit ?? 's') as 's' | 'm' | 'h'];
  if (!(seconds > 0 && seconds <= 86_400))
    throw new Invalid(
      'watch-time',
      `--watch is "${time}"; give seconds, minutes or hours up to a day: 90s, 5m, 2h.`,
    );
  const signal = stopSignal();
  signal.addEventListener('abort', () => process.stderr.write(stopped), { once: true });
  return { seconds, signal, onProgress: isShown ? showTransactions : undefined };
}

const stopped =
  '\nThe log is watched no longer; what was seen is told. The same again ends the survey at once.\n';

function showTransactions(transactions: number, secondsLeft: number): void {
  process.stderr.write(`\r${transactions} transactions seen, ${Math.ceil(secondsLeft)} s to go `);
  if (secondsLeft <= 0) process.stderr.write('\n');
}
