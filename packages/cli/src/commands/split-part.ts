import { Rejected } from '@banyan/runtime';
import { comparePart, describePart, enterPart, leavePart } from '@banyan/split';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { figure } from '../migrate/steps/verify.ts';
import { namingUnreached } from '../split/name-unreached.ts';
import { openSplit } from '../split/open-split.ts';
import { partOf } from '../split/part-of.ts';
import { undoNotDescribed } from '../split/undo-not-described.ts';
import { jsonLine, printLines } from './print.ts';
import { stopSignal } from './signals.ts';

interface PartFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly undo?: boolean;
  readonly dryRun?: boolean;
}

/** `banyan split part NAME`. */
export function addSplitPart(split: Command): void {
  split
    .command('part')
    .description(
      'make columns of a table a table of their own within the monolith’s database, kept alike both ways, and compare them',
    )
    .argument('<name>', 'the split, as the configuration names it')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .option('--undo', 'take it back')
    .option('--dry-run', 'print the statements, and run none')
    .option('--json', 'print the result as one JSON object on stdout')
    .action(namingUnreached(run));
}

async function run(name: string, flags: PartFlags): Promise<void> {
  const { config: file, json = false, undo = false, dryRun = false } = flags;
  if (undo && dryRun) throw undoNotDescribed('part', name);
  const config = await loadConfig(file);
  const part = partOf(config, name);
  await using open = await openSplit(config, name, { lock: !dryRun });
  const { pool } = open.sides.source;
  if (dryRun) {
    const statements = await describePart(pool, part);
    return json
      ? void process.stdout.write(jsonLine({ split: name, statements }))
      : printLines(statements.map((sql) => `${sql};`));
  }
  if (undo) {
    mayLeave(open.ledger.split(name)?.status, name);
    const changed = await leavePart(pool, part);
    if (json) return void process.stdout.write(jsonLine({ split: name, changed }));
    return printLines([changed ? `${part.from} is one table again.` : `${part.from} was not parted.`]);
  }
  const changed = await enterPart(pool, part, { signal: stopSignal() });
  const found = await comparePart(pool, part);
  process.exitCode = found.different === 0 ? 0 : 1;
  if (json) return void process.stdout.write(jsonLine({ split: name, changed, ...found }));
  printLines([
    `${part.from} and ${part.into} ${changed ? 'are kept alike from now on' : 'were kept alike before'}; --undo takes it back.`,
    `${figure(found.compared)} rows compared: ${figure(found.different)} different`,
  ]);
}

function mayLeave(status: string | undefined, name: string): void {
  if (status === undefined || status === 'new' || status === 'aborted') return;
  throw new Rejected(
    'split-under-way',
    `The split ${name} is ${status}, and the new table may be the service's: abort it first (banyan split abort ${name}).`,
  );
}
