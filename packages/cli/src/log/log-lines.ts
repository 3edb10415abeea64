import type { LogStatus, PartitionOutcome, TableStatus } from '@banyan/postgres';
import { tableLines } from '../terminal/table.ts';

/** The log: totals, its partitions and the tables beside it. */
export function logLines(log: LogStatus, width?: number): readonly string[] {
  return [
    `head           ${log.head}`,
    ...(log.removedTo === 0n ? [] : [`removed up to  ${log.removedTo}`]),
    `events         about ${log.events}`,
    `size           ${bytesText(log.bytes)}${log.bytesPerEvent === undefined ? '' : `, ${log.bytesPerEvent} bytes per event`}`,
    `outbox         ${log.outbox.waiting} waiting, ${log.outbox.refused} refused`,
    '',
    ...partitionLines(log, width),
    '',
    ...tablesLines(log, width),
  ];
}

const figures = [
  { title: 'ROWS', right: true },
  { title: 'DEAD', right: true },
  { title: 'TABLE', right: true },
  { title: 'INDEXES', right: true },
];

function partitionLines({ partitions }: LogStatus, width?: number): readonly string[] {
  const columns = [{ title: 'PARTITION' }, { title: 'STATE' }, ...figures, { title: 'B/EVENT', right: true }];
  const rows = partitions.map((each) => [
    `${each.firstPosition}-${each.lastPosition}`,
    each.state,
    ...figuresOf(each),
    each.rows === 0 ? '-' : String(Math.round((each.tableBytes + each.indexBytes) / each.rows)),
  ]);
  return tableLines(columns, rows, width);
}

function tablesLines({ tables }: LogStatus, width?: number): readonly string[] {
  const rows = Object.entries(tables).map(([name, table]) => [name, ...figuresOf(table)]);
  return tableLines([{ title: 'BESIDE IT' }, ...figures], rows, width);
}

function figuresOf({ rows, deadRows, tableBytes, indexBytes }: TableStatus): readonly string[] {
  return [String(rows), String(deadRows), bytesText(tableBytes), bytesText(indexBytes)];
}

/** What became, or would become, of partitions. */
export function detachLines(partitions: readonly PartitionOutcome[], width?: number): readonly string[] {
  const columns = [
    { title: 'PARTITION' },
    { title: 'EVENTS', right: true },
    { title: 'STREAMS', right: true },
    { title: 'OPEN', right: true },
    { title: 'SIZE', right: true },
    { title: 'OUTCOME' },
  ];
  const rows = partitions.map((each) => [
    each.name,
    String(each.events),
    String(each.streams),
    String(each.openStreams),
    bytesText(each.bytes),
    each.outcome === 'left-open-streams' ? 'left: open streams' : each.outcome,
  ]);
  return tableLines(columns, rows, width);
}

/** Bytes in the unit that suits them. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1_000 && unit < units.length - 1; unit += 1) value /= 1_000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
