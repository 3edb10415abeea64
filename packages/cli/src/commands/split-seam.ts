import { connect } from '@banyan/postgres';
import { describeStage, enterStage, leaveStage } from '@banyan/split';
import type { Command } from 'commander';
import type { BanyanConfig } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { seamStageOf } from '../split/seam-stage.ts';
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
    .action(seam);
}

async function seam(
  name: string,
  { config: file, json = false, undo = false, dryRun = false }: SeamFlags,
): Promise<void> {
  const config = await loadConfig(file);
  const pool = connect(config.monolith.database, { max: 2, applicationName: 'banyan-split' });
  try {
    if (undo) return told(json, name, await leaveStage(pool, name), 'is taken back', 'was not drawn');
    if (dryRun) return await describe(config, name, pool, json);
    const changed = await enterStage(pool, seamStageOf(config, name));
    told(json, name, changed, 'is drawn; --undo takes it back', 'was drawn before');
  } finally {
    await pool.end();
  }
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
