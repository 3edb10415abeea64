import { detachPartitions, type HeldBy, logStatus, postgresEventStore } from '@banyan/postgres';
import { Invalid, type RetentionPolicy } from '@banyan/runtime';
import type { Command } from 'commander';
import { durationMs } from '../log/duration.ts';
import { detachLines, logLines } from '../log/log-lines.ts';
import { type ServiceFlags, withService, withServiceOptions } from '../service/open-service.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';
import { stopSignal } from './signals.ts';

interface ShowFlags extends ServiceFlags {
  readonly exact?: boolean;
}

interface RemovalFlags extends ServiceFlags {
  readonly olderThan?: string;
  readonly ignore?: string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface RetainFlags extends RemovalFlags {
  readonly closedFor?: string;
  readonly category?: string[];
}

interface DetachFlags extends RemovalFlags {
  readonly upTo?: string;
  readonly drop?: boolean;
  readonly openStreams?: boolean;
}

/** `banyan log show|retain|detach`. */
export function addLog(program: Command): void {
  const log = program
    .command('log')
    .description("look at a service's log of events and take old events out of it");
  const add = (name: string, description: string) =>
    withServiceOptions(log.command(name).description(description));
  const removal = (command: Command) =>
    command
      .option('--older-than <age>', 'events recorded longer ago than this (90d, 12h)')
      .option('--ignore <subscription...>', 'subscriptions that need not have read them')
      .option('--dry-run', 'tell what would be done and do nothing')
      .option('--yes', 'yes, they are to go');

  add('show', 'what it takes: bytes per event, partitions, indexes, dead rows')
    .option('--exact', 'count the events instead of asking the statistics; reads the whole log')
    .action(show);
  removal(add('retain', 'remove old events; streams keep their versions, readers are told'))
    .option('--closed-for <age>', 'only events of streams closed longer ago than this')
    .option(
      '--category <category...>',
      'only events of these categories: the part of the stream before the first -',
    )
    .action(retain);
  removal(add('detach', 'take whole old partitions out of the log; they stay as tables'))
    .option('--up-to <position>', 'partitions that end at this position or before')
    .option('--drop', 'drop them')
    .option('--open-streams', 'also with events of streams that are still open')
    .action(detach);
}

async function show({ exact, ...flags }: ShowFlags): Promise<void> {
  const log = await withService(flags, ({ pool, schema }) => logStatus(pool, { schema, exact }));
  if (flags.json) process.stdout.write(jsonLine(log));
  else printLines(logLines(log, lineWidth()));
}

async function retain(flags: RetainFlags): Promise<void> {
  const policy: RetentionPolicy = {
    ...(flags.olderThan && { olderThanMs: durationMs('--older-than', flags.olderThan) }),
    ...(flags.closedFor && { closedForMs: durationMs('--closed-for', flags.closedFor) }),
    ...(flags.category && { categories: flags.category }),
  };
  if (policy.olderThanMs === undefined && policy.closedForMs === undefined)
    throw new Invalid(
      'retention-policy',
      'Say which events may go, with --older-than 90d, --closed-for 30d or both.',
    );
  const { dryRun = false, ignore } = flags;
  checkMeant(flags, 'retain');
  const signal = stopSignal();
  const removed = await withService(flags, ({ pool, schema }) =>
    postgresEventStore(pool, { schema }).removeEvents(policy, { dryRun, ignore, signal }),
  );
  if (flags.json) return void process.stdout.write(jsonLine({ dryRun, ...removed }));
  const were = dryRun ? 'would be' : 'were';
  printLines([
    `${removed.events} events of ${removed.streams} streams ${were} removed.`,
    ...heldLines(removed.heldBy),
  ]);
}

async function detach(flags: DetachFlags): Promise<void> {
  if (flags.olderThan === undefined && flags.upTo === undefined)
    throw new Invalid(
      'which-partitions',
      'Say which partitions may go, with --older-than 365d or --up-to 20000000.',
    );
  const { dryRun = false, ignore, drop, openStreams } = flags;
  checkMeant(flags, 'detach');
  const signal = stopSignal();
  const done = await withService(flags, ({ pool, schema }) =>
    detachPartitions(pool, {
      schema,
      ...(flags.olderThan && { olderThanMs: durationMs('--older-than', flags.olderThan) }),
      ...(flags.upTo && { upTo: positionOf(flags.upTo) }),
      ...{ dryRun, ignore, drop, openStreams, signal },
    }),
  );
  if (flags.json) return void process.stdout.write(jsonLine({ dryRun, ...done }));
  const left = done.partitions.some(({ outcome }) => outcome === 'left-open-streams');
  printLines([
    ...(done.partitions.length === 0
      ? ['No partition is old enough.']
      : detachLines(done.partitions, lineWidth())),
    ...(left
      ? [
          'States of open streams can then be told from snapshots alone; take them all the same with --open-streams.',
        ]
      : []),
    ...(dryRun ? ['Nothing was changed.'] : []),
    ...heldLines(done.heldBy),
  ]);
}

function checkMeant({ dryRun, yes }: RemovalFlags, verb: string): void {
  if (dryRun || yes) return;
  throw new Invalid(
    `${verb}-needs-yes`,
    'This takes events away from every reader. Look at it with --dry-run first, then say that you mean it with --yes.',
  );
}

function heldLines(heldBy: HeldBy | undefined): readonly string[] {
  if (heldBy === undefined) return [];
  const { subscription, position } = heldBy;
  return [
    `No more, because ${subscription} has read no further than ${position}. Let it read on, or leave it out of account with --ignore ${subscription}`,
  ];
}

function positionOf(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new Invalid('position', `--up-to is "${text}"; give a position, a whole number.`);
}
