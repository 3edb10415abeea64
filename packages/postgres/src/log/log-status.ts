import type pg from 'pg';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier, quoteLiteral } from '../quote-identifier.ts';
import { secondsOf, timeFrom } from '../time-column.ts';
import { withClient } from '../transaction.ts';

/** What a table takes, as the server's statistics tell: rows are about right, bytes exact. */
export interface TableStatus {
  /** Live rows, about. */
  readonly rows: number;
  /** Dead rows that no vacuum has cleared away yet, about. */
  readonly deadRows: number;
  /** The table itself, with what is stored out of line. */
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** When it was last vacuumed, by whomever; absent where it never was. */
  readonly vacuumedAt?: Date;
}

/** One partition of the log. */
export interface PartitionStatus extends TableStatus {
  readonly name: string;
  readonly firstPosition: bigint;
  readonly lastPosition: bigint;
  /** `ahead` has no event yet; `detaching` was begun and is to be ended by detaching again; `gone` was dropped, renamed or moved. */
  readonly state: 'ahead' | 'written' | 'full' | 'detaching' | 'detached' | 'gone';
}

/** The log and what else Banyan keeps in its schema. */
export interface LogStatus {
  readonly head: bigint;
  /** The newest position that was removed, 0n where none was. */
  readonly removedTo: bigint;
  /** Events in the log, about; those of detached partitions are not counted. */
  readonly events: number;
  readonly bytes: number;
  /** Table and indexes; absent without events. */
  readonly bytesPerEvent?: number;
  readonly partitionSize: bigint;
  readonly partitions: readonly PartitionStatus[];
  /** The other tables, by name. */
  readonly tables: Readonly<Record<string, TableStatus>>;
  /** Appends in the outbox that wait for a relay, and those that were refused because their stream was closed. */
  readonly outbox: { readonly waiting: number; readonly refused: number };
}

/** How to look. */
export interface LogStatusOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
  /** Counts the rows of every partition instead of asking the statistics: reads the whole log. */
  readonly exact?: boolean;
}

interface TableRow {
  readonly name: string;
  readonly rows: string;
  readonly dead_rows: string;
  readonly table_bytes: string;
  readonly index_bytes: string;
  readonly vacuumed_at: number | null;
}

interface PartitionRow extends TableRow {
  readonly first_position: string;
  readonly end_position: string;
  readonly state: 'attached' | 'detaching' | 'alone' | 'gone';
}

/** The statistics' count of live rows may have been lost in a crash, and that of the last vacuum is then the better one. */
const figures = `greatest(coalesce(nullif(s.n_live_tup, 0), c.reltuples), 0)::bigint as rows,
  coalesce(s.n_dead_tup, 0) as dead_rows,
  coalesce(pg_table_size(c.oid), 0) as table_bytes, coalesce(pg_indexes_size(c.oid), 0) as index_bytes,
  ${secondsOf('greatest(s.last_vacuum, s.last_autovacuum)')} as vacuumed_at`;

const others = [
  'streams',
  'commands',
  'snapshots',
  'outbox',
  'outbox_refused',
  'dead_letters',
  'subscriptions',
];

/** What the log is made of and what it takes. Changes nothing. */
export async function logStatus(pool: pg.Pool, options: LogStatusOptions = {}): Promise<LogStatus> {
  const { schema = defaultSchema, exact = false } = options;
  return withClient(pool, async (client) => {
    const { head, removedTo, partitionSize } = await logRow(client, schema);
    const partitions = await partitionsOf(client, schema, head, exact);
    const tables = await tablesOf(client, schema);
    const inLog = partitions.filter(({ state }) => state !== 'detached' && state !== 'gone');
    const events = sum(inLog, ({ rows }) => rows);
    const bytes = sum(inLog, ({ tableBytes, indexBytes }) => tableBytes + indexBytes);
    return {
      head,
      removedTo,
      events,
      bytes,
      ...(events > 0 && { bytesPerEvent: Math.round(bytes / events) }),
      partitionSize,
      partitions,
      tables,
      outbox: await outboxOf(client, schema),
    };
  });
}

async function logRow(client: pg.PoolClient, schema: string) {
  const own = quoteIdentifier(schema);
  const { rows } = await client.query<{ head: string; removed_to: string; partition_size: string }>(
    `select greatest((select max(position) from ${own}.events), l.removed_to) as head, l.removed_to, l.partition_size
     from ${own}.log l`,
  );
  const { head, removed_to, partition_size } = rows[0]!;
  return { head: BigInt(head), removedTo: BigInt(removed_to), partitionSize: BigInt(partition_size) };
}

async function partitionsOf(
  client: pg.PoolClient,
  schema: string,
  head: bigint,
  exact: boolean,
): Promise<PartitionStatus[]> {
  const own = quoteIdentifier(schema);
  const { rows } = await client.query<PartitionRow>(
    `select p.name, p.first_position, p.end_position,
       case when c.oid is null then 'gone' when i.inhrelid is null then 'alone' when i.inhdetachpending then 'detaching' else 'attached' end as state,
       ${figures}
     from ${own}.partitions p
     left join pg_class c on c.oid = to_regclass(format('%I.%I', $1::text, p.name))
     left join pg_inherits i on i.inhrelid = c.oid and i.inhparent = ${quoteLiteral(`${own}.events`)}::regclass
     left join pg_stat_all_tables s on s.relid = c.oid
     order by p.first_position`,
    [schema],
  );
  const partitions: PartitionStatus[] = [];
  for (const row of rows) {
    const status = tableStatus(row);
    const counted = exact && row.state !== 'gone' ? await countOf(client, schema, row.name) : status.rows;
    partitions.push({
      name: row.name,
      firstPosition: BigInt(row.first_position),
      lastPosition: BigInt(row.end_position) - 1n,
      state: stateOf(row, head),
      ...status,
      rows: counted,
    });
  }
  return partitions;
}

function stateOf(row: PartitionRow, head: bigint): PartitionStatus['state'] {
  if (row.state === 'gone' || row.state === 'detaching') return row.state;
  if (row.state === 'alone') return 'detached';
  if (BigInt(row.end_position) - 1n <= head) return 'full';
  return BigInt(row.first_position) <= head ? 'written' : 'ahead';
}

async function countOf(client: pg.PoolClient, schema: string, name: string): Promise<number> {
  const text = `select count(*) as rows from ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  return Number((await client.query<{ rows: string }>(text)).rows[0]!.rows);
}

async function tablesOf(client: pg.PoolClient, schema: string): Promise<Record<string, TableStatus>> {
  const { rows } = await client.query<TableRow>(
    `select c.relname as name, ${figures} from pg_class c
     join pg_namespace n on n.oid = c.relnamespace left join pg_stat_all_tables s on s.relid = c.oid
     where n.nspname = $1 and c.relkind = 'r' and c.relname = any($2) order by c.relname`,
    [schema, others],
  );
  return Object.fromEntries(rows.map((row) => [row.name, tableStatus(row)]));
}

function tableStatus(row: TableRow): TableStatus {
  return {
    rows: Number(row.rows),
    deadRows: Number(row.dead_rows),
    tableBytes: Number(row.table_bytes),
    indexBytes: Number(row.index_bytes),
    ...(row.vacuumed_at === null ? {} : { vacuumedAt: timeFrom(row.vacuumed_at) }),
  };
}

async function outboxOf(client: pg.PoolClient, schema: string): Promise<LogStatus['outbox']> {
  const own = quoteIdentifier(schema);
  const { rows } = await client.query<{ waiting: number; refused: number }>(
    `select (select count(*)::integer from ${own}.outbox) as waiting, (select count(*)::integer from ${own}.outbox_refused) as refused`,
  );
  return rows[0]!;
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
