import { Invalid } from '@banyan/runtime';
import { preflight } from '@banyan/split';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { namingUnreached } from '../split/name-unreached.ts';
import { observe } from '../split/observe.ts';
import { plannedSplit } from '../split/planned-split.ts';
import { problemLines } from '../split/problem-lines.ts';
import { watchFor } from '../survey/watch-for.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';

interface PlanFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly watch?: string;
}

/** `banyan split plan NAME`. */
export function addSplitPlan(split: Command): void {
  split
    .command('plan')
    .description('name everything that stands in the way, with what to do about it; nothing is changed')
    .argument('<name>', 'the split, as the configuration names it')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .option(
      '--watch <time>',
      "read the source's log for so long (90s, 5m): which tables are written together",
    )
    .option('--json', 'print the problems as one JSON object on stdout')
    .action(namingUnreached(plan));
}

async function plan(name: string, { config, json = false, watch }: PlanFlags): Promise<void> {
  const { source, target, plan } = await plannedSplit(await loadConfig(config), name, sayUnknown);
  if (plan.keep !== undefined && watch !== undefined) throw nothingToWatch(name);
  const watching = watch === undefined ? undefined : watchFor(watch, process.stderr.isTTY && !json);
  const problems = await preflight(
    source,
    target,
    plan,
    plan.keep === undefined ? await observe(source, watching) : {},
  );
  if (problems.some(({ severity }) => severity === 'error')) process.exitCode = 1;
  if (json) process.stdout.write(jsonLine({ split: name, tables: plan.tables, problems }));
  else printLines(problemLines(name, plan, problems, lineWidth()));
}

function sayUnknown(why: string): void {
  process.stderr.write(`ledger.database: ${why} What other splits move and keep is not known.\n`);
}

function nothingToWatch(name: string): Invalid {
  return new Invalid(
    'nothing-to-watch',
    `The split ${name} keeps a copy: no table leaves, and so no transaction comes to be over two databases. Leave --watch out.`,
  );
}
