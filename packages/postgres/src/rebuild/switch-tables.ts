import type pg from 'pg';
import { checkpointStatements } from '../checkpoint/checkpoint-statements.ts';
import { divide } from '../checkpoint/divide.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { tablesThere } from './next-tables.ts';
import { nothingKept } from './rebuild-errors.ts';

/** What is switched: a projection's checkpoints and tables. */
export interface Switch {
  /** The schema of Banyan's tables. */
  readonly schema: string;
  readonly projection: string;
  readonly tablesIn: string;
  readonly kept: string;
}

interface KeptRow {
  readonly version: number | null;
  readonly lanes: readonly LanePosition[];
  readonly kept_tables: string[];
  readonly live_tables: string[];
}

interface LanePosition {
  readonly name: string;
  readonly laneOf: string | null;
  readonly position: string;
}

/** Waiting longer for readers of the old tables would make everybody else wait behind us. */
const lockTimeout = '3s';
const idleInTransactionMs = 60_000;

/** Puts the new version's tables in the place of those in use, which are kept with their checkpoints. */
export async function switchToNext(
  client: pg.PoolClient,
  what: Switch,
  next: {
    readonly schema: string;
    readonly tables: readonly string[];
    readonly version: number;
    /** Brings it to the end of the feed, while the version in use can't move; gives where that is. */
    readonly meet: () => Promise<bigint>;
    /** Lanes that it can stand. */
    readonly lanes: number;
  },
): Promise<void> {
  const { schema, projection, tablesIn, kept } = what;
  await client.query(`set local lock_timeout = '${lockTimeout}'`);
  const before = await lockCheckpoints(client, what);
  const position = await next.meet();
  const live = await tablesThere(client, tablesIn, next.tables);
  await client.query(`drop schema if exists ${quoteIdentifier(kept)} cascade`);
  await client.query(`create schema ${quoteIdentifier(kept)}`);
  for (const table of live)
    await copyGrants(client, `${q(tablesIn)}.${q(table)}`, `${q(next.schema)}.${q(table)}`);
  await moveTables(client, live, tablesIn, kept);
  await moveTables(client, next.tables, next.schema, tablesIn);
  await client.query(`drop schema ${quoteIdentifier(next.schema)} cascade`);
  await keep(client, what, await versionOf(client, what), before, live, next.tables);
  await client.query(
    `update ${q(schema)}.subscriptions set position = $2, version = $3, hold_at = null, hold_until = null,
       error = null, updated_at = clock_timestamp() where name = $1 or lane_of = $1`,
    [projection, position.toString(), next.version],
  );
  const lanes = before.filter(({ laneOf }) => laneOf !== null).length;
  if (lanes > next.lanes)
    await divide(client, checkpointStatements(schema, idleInTransactionMs), projection, next.lanes);
  // The new version has met the events of these letters itself.
  await client.query(`delete from ${q(schema)}.dead_letters where subscription = $1`, [projection]);
  await notify(client, what);
}

/** Puts the kept version back in its place, tables and checkpoints, and keeps the one that it replaces; gives its version. */
export async function switchToKept(client: pg.PoolClient, what: Switch): Promise<number | undefined> {
  const { schema, projection, tablesIn, kept } = what;
  await client.query(`set local lock_timeout = '${lockTimeout}'`);
  const before = await lockCheckpoints(client, what);
  const { rows } = await client.query<KeptRow>(
    `select version, lanes, kept_tables, live_tables from ${q(schema)}.kept_projections where name = $1 for update`,
    [projection],
  );
  const back = rows[0];
  if (back === undefined) throw nothingKept(projection);
  const version = await versionOf(client, what);
  const between = `${kept}_`.slice(0, 63);
  await client.query(`create schema ${q(between)}`);
  await moveTables(client, back.live_tables, tablesIn, between);
  await moveTables(client, back.kept_tables, kept, tablesIn);
  await moveTables(client, back.live_tables, between, kept);
  await client.query(`drop schema ${q(between)}`);
  await keep(client, what, version, before, back.live_tables, back.kept_tables);
  await restoreCheckpoints(client, what, back);
  await notify(client, what);
  return back.version ?? undefined;
}

/** In the order in which everybody locks them, so no step is under way. */
async function lockCheckpoints(client: pg.PoolClient, what: Switch): Promise<readonly LanePosition[]> {
  const select = `select name, lane_of as "laneOf", position from ${q(what.schema)}.subscriptions
    where name = $1 or lane_of = $1 order by name for update`;
  await client.query(select, [what.projection]);
  return (await client.query<LanePosition>(select, [what.projection])).rows;
}

async function versionOf(client: pg.PoolClient, { schema, projection }: Switch): Promise<number | null> {
  const { rows } = await client.query<{ version: number | null }>(
    `select max(version) as version from ${q(schema)}.subscriptions where name = $1 or lane_of = $1`,
    [projection],
  );
  return rows[0]!.version;
}

async function keep(
  client: pg.PoolClient,
  { schema, projection, tablesIn, kept }: Switch,
  version: number | null,
  lanes: readonly LanePosition[],
  keptTables: readonly string[],
  liveTables: readonly string[],
): Promise<void> {
  await client.query(
    `insert into ${q(schema)}.kept_projections (name, version, lanes, tables_in, kept_in, kept_tables, live_tables)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (name) do update set version = excluded.version, lanes = excluded.lanes, tables_in = excluded.tables_in,
       kept_in = excluded.kept_in, kept_tables = excluded.kept_tables, live_tables = excluded.live_tables,
       kept_at = clock_timestamp()`,
    [projection, version, JSON.stringify(lanes), tablesIn, kept, keptTables, liveTables],
  );
}

async function restoreCheckpoints(
  client: pg.PoolClient,
  { schema, projection }: Switch,
  back: KeptRow,
): Promise<void> {
  const lanes = back.lanes.filter(({ laneOf }) => laneOf !== null);
  await client.query(`delete from ${q(schema)}.subscriptions where lane_of = $1`, [projection]);
  await client.query(
    `update ${q(schema)}.subscriptions set position = $2, version = $3, lanes = $4, error = null,
       hold_at = null, hold_until = null, updated_at = clock_timestamp() where name = $1`,
    [
      projection,
      back.lanes.find(({ laneOf }) => laneOf === null)!.position,
      back.version,
      Math.max(1, lanes.length),
    ],
  );
  await client.query(
    `insert into ${q(schema)}.subscriptions (name, lane_of, position, desired, version)
     select lane, s.name, at, s.desired, s.version
     from ${q(schema)}.subscriptions s cross join unnest($2::text[], $3::bigint[]) as given (lane, at) where s.name = $1`,
    [projection, lanes.map(({ name }) => name), lanes.map(({ position }) => position)],
  );
}

async function moveTables(
  client: pg.PoolClient,
  tables: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  for (const table of tables) await client.query(`alter table ${q(from)}.${q(table)} set schema ${q(to)}`);
}

/** Who may use the old table may use the new one. */
async function copyGrants(client: pg.PoolClient, from: string, to: string): Promise<void> {
  const { rows } = await client.query<{ text: string }>(
    `select format('grant %s on %s to %s', a.privilege_type, $2::text,
       case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end) as text
     from pg_class c cross join aclexplode(c.relacl) a where c.oid = $1::regclass and a.grantee <> c.relowner`,
    [from, to],
  );
  for (const { text } of rows) await client.query(text);
}

async function notify(client: pg.PoolClient, { schema, projection }: Switch): Promise<void> {
  await client.query(
    `select pg_notify('banyan_subscriptions', $2 || '.' || name) from ${q(schema)}.subscriptions where name = $1 or lane_of = $1`,
    [projection, schema],
  );
}

const q = quoteIdentifier;
