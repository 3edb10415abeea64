import { postgresEventStore } from '@banyan/postgres';
import { Invalid, NotFound, type RecordedEvent } from '@banyan/runtime';
import type { Command } from 'commander';
import { type ServiceFlags, withService, withServiceOptions } from '../service/open-service.ts';
import { eventJson, eventTable, timeOf } from '../terminal/event-table.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';

interface Flags extends ServiceFlags {
  readonly at?: string;
}

/** The moment up to which to show a stream: a version or a time. */
export type StreamMoment = { readonly version: number } | { readonly time: Date } | undefined;

/** `banyan stream show ID`. */
export function addStream(program: Command): void {
  const stream = program.command('stream').description("look at one of a service's streams");
  withServiceOptions(stream.command('show <id>').description('the events of a stream, now or as it was'))
    .option('--at <moment>', 'as it was at a version (12) or a time (2026-05-01T12:00:00Z)')
    .action(show);
}

async function show(id: string, flags: Flags): Promise<void> {
  const moment = momentOf(flags.at);
  const events = await withService(flags, async ({ pool, schema }) => {
    const store = postgresEventStore(pool, { schema });
    const to = moment !== undefined && 'version' in moment ? moment.version : undefined;
    const read: RecordedEvent[] = [];
    for await (const event of store.readStream(id, to === undefined ? {} : { to })) {
      if (!isWithin(event, moment)) break;
      read.push(event);
    }
    return read;
  });
  if (flags.json) return void process.stdout.write(jsonLine(events.map(eventJson)));
  if (events.length === 0) throw noEvents(id, flags.at);
  const table = eventTable(lineWidth());
  printLines([table.title, ...events.map((event) => table.line(event))]);
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
