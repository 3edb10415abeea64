import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { followSplit } from '../split/follow-split.ts';
import { namingUnreached } from '../split/name-unreached.ts';
import { openSplit } from '../split/open-split.ts';
import { stopSignal } from './signals.ts';

/** `banyan split follow NAME`. */
export function addSplitFollow(split: Command): void {
  split
    .command('follow')
    .description('follow rows of another shape, whichever way they go, until Ctrl-C or the end of the split')
    .argument('<name>', 'the split, as the configuration names it')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .action(namingUnreached(follow));
}

async function follow(name: string, { config }: { readonly config?: string }): Promise<void> {
  await using open = await openSplit(await loadConfig(config), name, { lock: false });
  const why = await followSplit(open, stopSignal(), () =>
    process.stdout.write(`following ${name}; Ctrl-C ends it, and starting it again goes on\n`),
  );
  process.stdout.write(why === 'over' ? `${name} is over\n` : 'stopped\n');
}
