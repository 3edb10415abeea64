import type { Command } from 'commander';
import pc from 'picocolors';
import { loadConfig } from '../config/load-config.ts';
import { abortSplit } from '../split/abort-split.ts';
import { openSplit } from '../split/open-split.ts';
import type { OnSplitProgress } from '../split/progress.ts';
import { runSplit } from '../split/run-split.ts';
import { statusLines } from '../split/split-lines.ts';
import { splitStatus } from '../split/split-status.ts';
import { jsonLine, printLines } from './print.ts';
import { stopSignal } from './signals.ts';
import { addSplitPlan } from './split-plan.ts';

interface SplitFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly why?: string;
}

/** `banyan split plan|run|status|abort NAME`. */
export function addSplit(program: Command): void {
  const split = program
    .command('split')
    .description('move tables from the monolith’s database to the service’s, while both run');
  const verb = (name: string, description: string) =>
    split
      .command(name)
      .description(description)
      .argument('<name>', 'the split, as the configuration names it')
      .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
      .option('--json', 'print the result as one JSON object on stdout, everything else on stderr');
  addSplitPlan(split);
  verb('run', 'copy the tables and follow them, up to where a cut-over can begin').action(run);
  verb('status', 'how far a split is, and how its feeds are').action(status);
  verb('abort', 'take everything down that the split made, on both sides; not after a cut-over')
    .option('--why <reason>', 'the reason, for the ledger')
    .action(abort);
}

async function run(name: string, { config: file, json = false }: SplitFlags): Promise<void> {
  await using open = await openSplit(await loadConfig(file), name);
  const view = await runSplit(open, reporter(json), stopSignal());
  if (json)
    process.stdout.write(
      jsonLine({ split: name, status: view.status, owner: view.owner, steps: view.steps }),
    );
  else printLines([`${name} can be cut over: banyan split cutover ${name}`]);
}

async function status(name: string, { config: file, json = false }: SplitFlags): Promise<void> {
  await using open = await openSplit(await loadConfig(file), name, { lock: false });
  const found = await splitStatus(open);
  if (json) return void process.stdout.write(jsonLine(found));
  printLines(statusLines(found));
}

async function abort(name: string, { config: file, json = false, why }: SplitFlags): Promise<void> {
  await using open = await openSplit(await loadConfig(file), name);
  const changed = await abortSplit(open, why ?? 'asked for on the command line');
  if (json) return void process.stdout.write(jsonLine({ split: name, aborted: changed }));
  printLines([
    changed ? `${name} is aborted; nothing of it is left.` : `There was nothing of ${name} to take down.`,
  ]);
}

function reporter(json: boolean): OnSplitProgress {
  const output = json ? process.stderr : process.stdout;
  let last = 0;
  return (told) => {
    if (told.kind === 'done') {
      const when = told.earlier ? pc.dim(' (done before)') : '';
      output.write(`  ${pc.green('✓')} ${told.step.padEnd(12)} ${told.evidence.summary}${when}\n`);
    } else if (told.kind === 'progress' && Date.now() - last > 2_000) {
      last = Date.now();
      output.write(`  … ${told.step.padEnd(12)} ${told.text}\n`);
    }
  };
}
