import { postgresEventStore } from '@banyan/postgres';
import {
  holdsAt,
  Invalid,
  NotFound,
  type RecordedEvent,
  type StreamStatus,
  streamConflict,
  streamUnknown,
} from '@banyan/runtime';
import type { Command } from 'commander';
import { type ServiceFlags, withService, withServiceOptions } from '../service/open-service.ts';
import { eventJson, eventTable, timeOf } from '../terminal/event-table.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';

interface Flags extends ServiceFlags {
  readonly at?: string;
}

/** The moment up to which to show a stream: a version or a time. */
export type StreamMoment = { readonly version: number } | { readonly time: Date } | undefined;

interface CloseFlags extends ServiceFlags {
  readonly expected?: string;
  readonly dryRun?: boolean;
}

/** `banyan stream show|close ID`. */
export function addStream(program: Command): void {
  const stream = program.command('stream').description("look at one of a service's streams, and close it");
  withServiceOptions(stream.command('show <id>').description('the events of a stream, now or as it was'))
    .option('--at <moment>', 'as it was at a version (12) or a time (2026-05-01T12:00:00Z)')
    .action(show);
  withServiceOptions(
    stream
      .command('close <id>')
      .description('let a stream take no more events, for ever; it can still be read'),
  )
    .option('--expected <version>', 'only if it is at this version')
    .option('--dry-run', 'tell what would be done and do nothing')
    .action(close);
}

async function show(id: string, flags: Flags): Promise<void> {
  const moment = momentOf(flags.at);
  const { events, status } = await withService(flags, async ({ pool, schema }) => {
    const store = postgresEventStore(pool, { schema });
    const status = await store.streamStatus(id);
    if (status === undefined) throw streamUnknown(id);
    const from = status.removedTo + 1;
    const to = moment !== undefined && 'version' in moment ? moment.version : undefined;
    const events: RecordedEvent[] = [];
    for await (const event of store.readStream(id, to === undefined ? { from } : { from, to })) {
      if (!isWithin(event, moment)) break;
      events.push(event);
    }
    return { events, status };
  });
  for (const note of notesOf(status)) process.stderr.write(`${note}\n`);
  if (flags.json) return void process.stdout.write(jsonLine(events.map(eventJson)));
  if (events.length === 0 && status.version !== status.removedTo) throw noEvents(id, flags.at);
  const table = eventTable(lineWidth());
  printLines([table.title, ...events.map((event) => table.line(event))]);
}

/** What the events do not tell. */
function notesOf(status: StreamStatus): readonly string[] {
  const { closedAt, removedTo } = status;
  return [
    ...(removedTo === 0 ? [] : [`Its events up to version ${removedTo} were removed.`]),
    ...(closedAt === undefined ? [] : [`It was closed at ${closedAt.toISOString()}.`]),
  ];
}

async function close(id: string, flags: CloseFlags): Promise<void> {
  const expected = flags.expected === undefined ? 'present' : versionOf(flags.expected);
  const { dryRun = false } = flags;
  const status = await withService(flags, async ({ pool, schema }) => {
    const store = postgresEventStore(pool, { schema });
    if (!dryRun) return store.closeStream(id, expected);
    const now = await store.streamStatus(id);
    if (now === undefined) throw streamUnknown(id);
    if (!now.closed && !holdsAt(expected, now.version)) throw streamConflict(id, expected, now.version);
    return now;
  });
  if (flags.json) return void process.stdout.write(jsonLine({ streamId: id, dryRun, ...status }));
  if (dryRun && !status.closed) printLines([`${id} would be closed at version ${status.version}.`]);
  else printLines([`${id} is closed at version ${status.version}: it takes no more events and can be read.`]);
}

function versionOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Invalid('version', `--expected is "${text}"; give a version, a whole number.`);
}

/** @throws Invalid `moment` */
export function momentOf(text: string | undefined): StreamMoment {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return { version: Number(text) };
  const time = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time.getTime())) return { time };
  throw new Invalid(
    'moment',
    `--at is "${text}"; give a version (12) or a time (2026-05-01T12:00:00Z; without a zone it is this machine's).`,
  );
}

function isWithin(event: RecordedEvent, moment: StreamMoment): boolean {
  return moment === undefined || 'version' in moment || new Date(timeOf(event)) <= moment.time;
}

function noEvents(id: string, at: string | undefined): NotFound {
  const when = at === undefined ? '' : ` at ${at}`;
  return new NotFound('stream-unknown', `The stream ${JSON.stringify(id)} has no events${when}.`);
}
