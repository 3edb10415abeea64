import {
  keptVersions,
  type RebuildOptions,
  rebuildProjection,
  rollBackProjection,
  subscriptionStatus,
} from '@banyan/postgres';
import { checkLanes } from '@banyan/runtime';
import type { Command } from 'commander';
import { findProjections, projectionOf } from '../projections/find-projections.ts';
import { projectionLines, projectionStatuses, rebuiltLines } from '../projections/projection-lines.ts';
import { type ServiceFlags, withService, withServiceOptions } from '../service/open-service.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';
import { stopSignal } from './signals.ts';

interface Flags extends ServiceFlags {
  readonly from?: string;
}

interface RebuildFlags extends Flags {
  readonly lanes?: string;
  readonly tablesIn: string;
  readonly compare?: boolean;
  readonly onlyIfEqual?: boolean;
  readonly dryRun?: boolean;
}

/** Beside those of the lanes. */
const connections = 4;

/** `banyan projection list|rebuild|rollback`. */
export function addProjection(program: Command): void {
  const verb = program
    .command('projection')
    .description("look at a service's projections, rebuild a changed one beside the one in use, and go back");
  const add = (name: string, description: string) =>
    withServiceOptions(verb.command(name).description(description));
  const withCode = (command: Command) =>
    command.option(
      '--from <module>',
      "the module that exports the projections (default: the configuration's)",
    );

  withCode(add('list', 'all projections: version of the code, version in use, version kept')).action(list);
  withCode(
    add('rebuild <name>', 'build its read model anew beside the one in use, then switch in one moment'),
  )
    .option('--lanes <count>', 'build in so many lanes (default: as many as the projection can stand)')
    .option('--tables-in <schema>', "the schema of the read model's tables", 'public')
    .option('--compare', 'compare the rows of both versions at one position; an instance must be running')
    .option('--only-if-equal', 'compare, and switch only if no row differs; else exit with 1')
    .option('--dry-run', 'build, compare if asked for, and drop it again; switch nothing')
    .addHelpText(
      'after',
      `
Reading and following go on meanwhile. Instances of the old version wait when
the new one is in use, those of the new version wait until it is; so deploy
first, then rebuild. Interrupted at any moment it has changed nothing.`,
    )
    .action(rebuild);
  add('rollback <name>', 'put the version that the last rebuild has replaced back in its place').action(
    rollBack,
  );
}

async function list(flags: Flags): Promise<void> {
  const code = await findProjections(flags);
  const all = await withService(flags, async ({ pool, schema }) =>
    projectionStatuses(
      code,
      await subscriptionStatus(pool, { schema }),
      await keptVersions(pool, { schema }),
    ),
  );
  if (flags.json) process.stdout.write(jsonLine(all));
  else printLines(projectionLines(all, lineWidth()));
}

async function rebuild(name: string, flags: RebuildFlags): Promise<void> {
  const projection = projectionOf(await findProjections(flags), name);
  const lanes = flags.lanes === undefined ? (projection.lanes ?? 1) : Number(flags.lanes);
  checkLanes(name, lanes);
  const { tablesIn, compare, onlyIfEqual, dryRun } = flags;
  const options = {
    projection,
    lanes,
    tablesIn,
    compare,
    onlyIfEqual,
    dryRun,
    signal: stopSignal(),
    onProgress,
  };
  const rebuilt = await withService(
    flags,
    ({ pool, schema }) => rebuildProjection(pool, { ...options, schema }),
    { connections: connections + lanes },
  );
  if (!rebuilt.switched && !dryRun) process.exitCode = 1;
  if (flags.json) process.stdout.write(jsonLine(rebuilt));
  else printLines(rebuiltLines(rebuilt, { dryRun }));
}

const onProgress: RebuildOptions['onProgress'] = ({ position, head }) => {
  process.stderr.write(`${position.toLocaleString('en')} of ${head.toLocaleString('en')}\n`);
};

async function rollBack(name: string, flags: ServiceFlags): Promise<void> {
  const version = await withService(flags, ({ pool, schema }) => rollBackProjection(pool, name, { schema }));
  if (flags.json) process.stdout.write(jsonLine({ projection: name, version }));
  else
    printLines([
      `Version ${version ?? 1} of ${name} is in use again and goes on from where it was. The same command goes forward again.`,
    ]);
}
