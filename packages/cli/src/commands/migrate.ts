import { userInfo } from 'node:os';
import { connect, preflightChangeFeed } from '@banyan/postgres';
import { Invalid, NotFound } from '@banyan/runtime';
import { Argument, type Command } from 'commander';
import pc from 'picocolors';
import { defaultLimits } from '../config/config.ts';
import { loadConfig, migrationOf } from '../config/load-config.ts';
import { openLedger } from '../ledger/ledger.ts';
import { migrate } from '../migrate/migrate.ts';
import { openMigration } from '../migrate/open-migration.ts';
import { rollBack } from '../migrate/rollback.ts';
import { stepNames } from '../migrate/steps/index.ts';
import { statusJson } from '../status/status-server.ts';
import { terminalReporter } from '../terminal/terminal-reporter.ts';
import { jsonLine } from './print.ts';
import { stopSignal } from './signals.ts';

interface MigrateFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly why?: string;
  readonly by?: string;
}

const actions = ['run', 'status', 'rollback', 'hold', 'resume', 'approve'] as const;
type Action = (typeof actions)[number];

/** `banyan migrate NAME [run|status|rollback|hold|resume|approve STEP]`. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('extract one capability from the monolith, step by step, each with its evidence')
    .argument('<name>', 'the migration, as the configuration names it')
    .addArgument(new Argument('[action]', 'what to do').choices(actions).default('run'))
    .argument('[step]', 'the step that is approved of')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .option('--dry-run', 'check the source and print the steps; change nothing')
    .option('--why <reason>', 'the reason for a hold, a resumption or an approval; the ledger keeps it')
    .option('--by <name>', 'who says so (default: the name of the system’s user)')
    .option('--json', 'print the result as one JSON object on stdout, everything else on stderr')
    .action(async (name: string, action: Action, step: string | undefined, flags: MigrateFlags) => {
      if (action === 'hold' || action === 'resume' || action === 'approve') {
        await say(name, action, step, flags);
      } else if (action === 'status') await showStatus(name, flags);
      else if (action === 'rollback') await runRollback(name, flags);
      else if (flags.dryRun) await dryRun(name, flags);
      else await run(name, flags);
    });
}

async function run(name: string, { config: file, json = false }: MigrateFlags): Promise<void> {
  const config = await loadConfig(file);
  const onProgress = terminalReporter(json ? process.stderr : process.stdout);
  const proof = await migrate({ config, name, onProgress, signal: stopSignal() });
  if (json) process.stdout.write(`${JSON.stringify(proof)}\n`);
  process.exitCode = proof.holds ? 0 : 1;
}

async function runRollback(name: string, { config: file, json = false }: MigrateFlags): Promise<void> {
  const config = await loadConfig(file);
  const onProgress = terminalReporter(json ? process.stderr : process.stdout);
  await using open = await openMigration(config, name);
  const changed = await rollBack(open, 'asked for on the command line', onProgress);
  if (json) process.stdout.write(`${JSON.stringify({ migration: name, rolledBack: changed })}\n`);
  else if (!changed)
    process.stdout.write(
      `The reads of ${name} are at the monolith already; there was nothing to put back.\n`,
    );
}

async function say(
  name: string,
  action: 'hold' | 'resume' | 'approve',
  step: string | undefined,
  { config: file, json = false, why, by = userInfo().username }: MigrateFlags,
): Promise<void> {
  const config = await loadConfig(file);
  migrationOf(config, name);
  if (why === undefined) throw new Invalid('reason-missing', 'Say why, for the ledger: --why "<reason>".');
  if (action === 'approve' && step === undefined) {
    throw new Invalid('step-missing', `Name the step: banyan migrate ${name} approve <step> --why <reason>`);
  }
  await using ledger = await openLedger(config.ledger.database);
  const command = { hold: 'Pause', resume: 'Resume', approve: 'Approve' } as const;
  const said = { reason: why, by, at: new Date().toISOString() };
  await ledger.execute(name, command[action], action === 'approve' ? { ...said, step } : said);
  const done = { hold: 'is held', resume: 'goes on', approve: `: ${step} is approved of` }[action];
  if (json) process.stdout.write(jsonLine({ migration: name, action, step, ...said }));
  else process.stdout.write(`${name} ${done}\n`.replace(' :', ':'));
}

async function showStatus(name: string, { config: file, json = false }: MigrateFlags): Promise<void> {
  const config = await loadConfig(file);
  migrationOf(config, name);
  await using ledger = await openLedger(config.ledger.database);
  const view = ledger.migration(name);
  if (json)
    return void process.stdout.write(
      `${statusJson({ migrations: view === undefined ? {} : { [name]: view } })}\n`,
    );
  if (view === undefined) {
    throw new NotFound(
      'migration-not-started',
      `${name} was not started yet. Start it with: banyan migrate ${name}`,
    );
  }
  process.stdout.write(
    `${pc.bold(name)}: ${view.status}${view.reason === undefined ? '' : ` (${view.reason})`}\n`,
  );
  for (const step of view.plan?.steps ?? []) {
    const state = view.steps[step];
    const text = state?.evidence?.summary ?? state?.reason ?? '';
    process.stdout.write(`  ${(state?.status ?? 'waiting').padEnd(8)} ${step.padEnd(12)} ${text}\n`);
  }
}

async function dryRun(name: string, { config: file, json = false }: MigrateFlags): Promise<void> {
  const config = await loadConfig(file);
  const migration = migrationOf(config, name);
  const monolith = connect(config.monolith.database, { max: 1, applicationName: 'banyan-dry-run' });
  try {
    const problems = await preflightChangeFeed(monolith, { tables: migration.tables });
    const steps = stepNames({ ...defaultLimits, ...migration.limits });
    const routes = migration.routes.map(
      ({ match }) => `${(match.methods ?? ['GET', 'HEAD']).join('/')} ${match.path}`,
    );
    process.exitCode = problems.length === 0 ? 0 : 1;
    if (json)
      return void process.stdout.write(`${JSON.stringify({ migration: name, steps, routes, problems })}\n`);
    const lines = [
      `${pc.bold(name)} would be extracted to ${migration.service} (nothing was changed):`,
      ...steps.map((step) => `  ${step}`),
      `It would follow ${migration.tables.join(', ')} and move:`,
      ...routes.map((route) => `  ${route}`),
      ...problems.map((problem) => `${pc.red('✗')} ${problem.message} ${problem.remedy}`),
      problems.length === 0 ? `${pc.green('✓')} the source is ready` : '',
    ];
    process.stdout.write(`${lines.join('\n').trimEnd()}\n`);
  } finally {
    await monolith.end();
  }
}
