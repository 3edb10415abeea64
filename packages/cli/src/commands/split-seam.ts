import { connect } from '@banyan/postgres';
import { describeStage, enterStage, leaveStage } from '@banyan/split';
import type { Command } from 'commander';
import type { BanyanConfig } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { keptPlan } from '../split/kept-plan.ts';
import { knownSplits } from '../split/known-splits.ts';
import { namingUnreached } from '../split/name-unreached.ts';
import { mustNotBeCopied, otherSplits } from '../split/other-splits.ts';
import { seamStageOf } from '../split/seam-stage.ts';
import { undoNotDescribed } from '../split/undo-not-described.ts';
import { jsonLine, printLines } from './print.ts';

interface SeamFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly undo?: boolean;
  readonly dryRun?: boolean;
}

/** `banyan split seam NAME`. */
export function addSplitSeam(split: Command): void {
  split
    .command('seam')
    .description(
      'draw the seam within the monolith’s database first: tables, role and keys, in one transaction',
    )
    .argument('<name>', 'the split, as the configuration names it')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .option('--undo', 'take it back')
    .option('--dry-run', 'print the statements, and run none')
    .option('--json', 'print the result as one JSON object on stdout')
    .action(namingUnreached(seam));
}

async function seam(
  name: string,
  { config: file, json = false, undo = false, dryRun = false }: SeamFlags,
): Promise<void> {
  if (undo && dryRun) throw undoNotDescribed('seam', name);
  const config = await loadConfig(file);
  const pool = connect(config.monolith.database, { max: 2, applicationName: 'banyan-split' });
  try {
    if (dryRun) return await describe(config, name, pool, json);
    await mayBeRenamed(config, name, undo);
    if (undo) return told(json, name, await leaveStage(pool, name), 'is taken back', 'was not drawn');
    const changed = await enterStage(pool, seamStageOf(config, name));
    told(json, name, changed, 'is drawn; --undo takes it back', 'was drawn before');
  } finally {
    await pool.end();
  }
}

/** A copy knows its tables by their names. */
async function mayBeRenamed(config: BanyanConfig, name: string, undo: boolean): Promise<void> {
  const split = config.splits?.[name];
  if (split?.stage === undefined) return;
  mustNotBeCopied(
    otherSplits(config, await knownSplits(config, { needed: true }), name),
    keptPlan(split, undo).tables.map((table) => table.name),
    'which knows it by this name: it can be copied again by the other name afterwards.',
  );
}

async function describe(
  config: BanyanConfig,
  name: string,
  pool: ReturnType<typeof connect>,
  json: boolean,
): Promise<void> {
  const changes = await describeStage(pool, seamStageOf(config, name));
  if (json) process.stdout.write(jsonLine({ split: name, changes }));
  else printLines(changes.map(({ sql }) => `${sql};`));
}

function told(json: boolean, name: string, changed: boolean, done: string, before: string): void {
  if (json) process.stdout.write(jsonLine({ split: name, changed }));
  else printLines([`The seam of ${name} ${changed ? done : before}.`]);
}
