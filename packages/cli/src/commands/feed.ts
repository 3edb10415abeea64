import { postgresEventStore } from '@banyan/postgres';
import { type FeedFilter, Invalid } from '@banyan/runtime';
import { type Command, Option } from 'commander';
import { type ServiceFlags, withService, withServiceOptions } from '../service/open-service.ts';
import { eventJson, eventTable } from '../terminal/event-table.ts';
import { jsonLine, lineWidth } from './print.ts';
import { stopSignal } from './signals.ts';

interface Flags extends ServiceFlags {
  readonly type?: string[];
  readonly category?: string[];
  readonly stream?: string[];
  readonly after?: string;
  readonly skipRemoved?: boolean;
  readonly follow: boolean;
}

/** How far before the end to begin when nothing is said. */
const shownBefore = 10n;

/** `banyan feed tail`. */
export function addFeed(program: Command): void {
  const feed = program.command('feed').description("look at a service's events");
  withServiceOptions(feed.command('tail').description('print events as they come, until Ctrl-C'))
    .option('--type <type...>', 'these types only')
    .option('--category <category...>', 'these categories only: the part of the stream before the first -')
    .option('--stream <stream...>', 'these streams only')
    .option('--after <position>', 'events after this position (default: the last 10)')
    .option('--skip-removed', 'go on with what is left where events after that position were removed')
    .addOption(new Option('--no-follow', 'end at the newest event'))
    .action(tail);
}

async function tail(flags: Flags): Promise<void> {
  const filter: FeedFilter = { types: flags.type, categories: flags.category, streams: flags.stream };
  const signal = stopSignal();
  await withService(flags, async ({ pool, schema }) => {
    const store = postgresEventStore(pool, { schema });
    const head = await store.head();
    const after = flags.after === undefined ? latest(head) : positionOf(flags.after);
    const table = eventTable(lineWidth());
    if (!flags.json) process.stdout.write(`${table.title}\n`);
    if (!flags.follow && after >= head) return;
    // The last ten are those that are left.
    const removed = flags.skipRemoved || flags.after === undefined ? 'skip' : 'refuse';
    for await (const { entries, position } of store.read({ after, filter, removed, signal })) {
      const shown = flags.follow ? entries : entries.filter((event) => event.position <= head);
      for (const event of shown)
        process.stdout.write(flags.json ? jsonLine(eventJson(event)) : `${table.line(event)}\n`);
      if (!flags.follow && position >= head) return;
    }
  });
}

function latest(head: bigint): bigint {
  return head > shownBefore ? head - shownBefore : 0n;
}

function positionOf(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new Invalid('position', `--after is "${text}"; give a position, a whole number.`);
}
