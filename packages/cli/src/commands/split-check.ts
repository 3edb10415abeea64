import { Invalid, systemTiming } from '@banyan/runtime';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { checkLines, isOpen } from '../split/check-lines.ts';
import { checkSplit, watchedKeys } from '../split/check-split.ts';
import { namingUnreached } from '../split/name-unreached.ts';
import { openSplit } from '../split/open-split.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';
import { stopSignal } from './signals.ts';

interface CheckFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly apply?: boolean;
  readonly every?: string;
}

/** `banyan split check NAME`. */
export function addSplitCheck(split: Command): void {
  split
    .command('check')
    .description('count the rows whose parent is gone, for each foreign key that crossed the seam')
    .argument('<name>', 'the split, as the configuration names it')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .option('--apply', 'mark or delete them, as the answer in the configuration says')
    .option('--every <seconds>', 'again and again, with so many seconds in between, until it is stopped')
    .option('--json', 'print one JSON object for each foreign key on stdout')
    .action(namingUnreached(check));
}

async function check(
  name: string,
  { config, json = false, apply = false, every }: CheckFlags,
): Promise<void> {
  const seconds = every === undefined ? undefined : secondsOf(every);
  await using open = await openSplit(await loadConfig(config), name, { lock: false });
  if (watchedKeys(open).length === 0 && !json)
    return printLines([`No foreign key of ${name} is answered by a report of orphans.`]);
  const signal = stopSignal();
  for (;;) {
    let isAnyOpen = false;
    for await (const found of checkSplit(open, { apply, signal })) {
      isAnyOpen ||= isOpen(found);
      if (json) process.stdout.write(jsonLine(found));
      else printLines(checkLines(found, lineWidth()));
    }
    process.exitCode = isAnyOpen ? 1 : 0;
    if (seconds === undefined) return;
    await systemTiming.sleep(seconds * 1_000, signal);
    signal.throwIfAborted();
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 86_400) return seconds;
  throw new Invalid('check-time', `--every is ${JSON.stringify(text)}; give seconds, from 1 to 86400.`);
}
