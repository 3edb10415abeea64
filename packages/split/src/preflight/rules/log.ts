import { type PreflightProblem, quoteLiteral, quoteTable } from '@banyan/postgres';
import { comesBack } from '../../plan/split-plan.ts';
import type { Problem } from '../problem.ts';
import type { Rule } from './rule.ts';

/** Why the source's log, or that of the target, could not be followed; both directions must work before the first step. */
export const logCanBeFollowed: Rule = ({ source, target }) => [
  // Another rule names the partitions.
  ...source.feed
    .filter(
      ({ code, table }) =>
        code !== 'not-a-table' || source.tables.find(({ name }) => name === table)?.kind !== 'p',
    )
    .map((problem) => asProblem(problem, source.server.database)),
  // That a table is not there is said by the rules of what must be there.
  ...target.feed
    .filter(({ code }) => code !== 'table-missing')
    .map((problem) => {
      const found = asProblem(problem, target.server.database);
      const message = `At the target, for the way back: ${found.message}`;
      return { ...found, kind: `target-${found.kind}`, message };
    }),
];

function asProblem({ code, message, remedy, table }: PreflightProblem, database: string): Problem {
  const problem = { kind: code, severity: 'error', object: table ?? database, message } as const;
  if (code !== 'table-without-key' || table === undefined) return { ...problem, remedy };
  // The whole row is identity enough for a feed, and not for the other side of a split.
  const index = `alter table ${quoteTable(table)} replica identity using index ...;`;
  return {
    ...problem,
    remedy: `Add a primary key, or a unique index over columns that are never null, and run: ${index}`,
  };
}

/** Apply workers run at the target, and at the source after the cut-over; those that are busy now may be copying and soon free. */
export const workersAreFree: Rule = ({ plan, source, target }) =>
  [...(comesBack(plan) ? [source.server] : []), target.server].flatMap(({ database, workers }): Problem[] => {
    const most = Math.min(workers.replication, workers.processes);
    if (most > workers.busy) return [];
    return [
      {
        kind: 'no-free-worker',
        severity: most === 0 ? 'error' : 'warning',
        object: database,
        message:
          most === 0
            ? `The server of ${database} has no workers for replication.`
            : `All ${most} workers for replication of the server of ${database} are busy.`,
        remedy: 'Raise max_logical_replication_workers and max_worker_processes, and restart the server.',
      },
    ];
  });

/** A slot that nobody reads keeps log that a split will need the room of. */
export const slotsAreRead: Rule = ({ source }) =>
  source.server.slots
    .filter(({ active }) => !active)
    .map(
      ({ name, retained }): Problem => ({
        kind: 'slot-unread',
        severity: 'warning',
        object: name,
        message: `Nobody reads the replication slot ${name}; the server keeps its log for it${retained > 1e8 ? `, ${Math.round(retained / 1e6)} MB by now` : ''}.`,
        remedy: `Start its reader, or drop it: select pg_drop_replication_slot(${quoteLiteral(name)});`,
      }),
    );

/**
 * The first copy takes as long as it takes; the log of that time must fit under the limit. Where both sides are on one server, the copied
 * rows and their indexes are in that log too.
 */
export const logOfTheCopyFits: Rule = ({ source: { server, tables }, target }) => {
  const bytes = tables.reduce((sum, table) => sum + table.bytes + table.longBytes, 0);
  const isOneServer = server.systemId === target.server.systemId;
  const needed = isOneServer ? 3 * bytes : bytes;
  if (server.walKept < 0 || server.walKept >= needed) return [];
  const ended = isOneServer
    ? 'on one server the copy itself writes up to three times as much log, which could end it.'
    : 'writers that are busy during the copy could end it.';
  return [
    {
      kind: 'wal-kept-short',
      severity: 'warning',
      object: 'max_slot_wal_keep_size',
      message: `The server keeps ${megabytes(server.walKept)} of its log for a reader that lags, and the tables have ${megabytes(bytes)}: ${ended}`,
      remedy: `Where the disk allows it: alter system set max_slot_wal_keep_size = '${Math.ceil(needed / 1e9) + 1}GB'; select pg_reload_conf();`,
    },
  ];
};

/** Bytes as people say them. */
export function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
