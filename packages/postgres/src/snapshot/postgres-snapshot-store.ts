import type { FittingSnapshot, Snapshot, SnapshotStore } from '@banyan/runtime';
import type pg from 'pg';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { inReadCommitted } from '../transaction.ts';

/** Where the snapshots lie. */
export interface PostgresSnapshotStoreOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
}

interface SnapshotRow {
  readonly version: string;
  readonly position: string;
  readonly state: string;
}

/** Snapshots in a table that `prepareDatabase` makes. */
export function postgresSnapshotStore(
  pool: pg.Pool,
  options: PostgresSnapshotStoreOptions = {},
): SnapshotStore {
  const table = `${quoteIdentifier(options.schema ?? defaultSchema)}.snapshots`;
  const load = `select version, position, state::text from ${table}
    where stream_id = $1 and state_version = $2 and ($3::bigint is null or version <= $3)`;
  const save = `insert into ${table} as kept (stream_id, version, position, state_version, state) values ($1, $2, $3, $4, $5)
    on conflict (stream_id) do update set version = excluded.version, position = excluded.position,
      state_version = excluded.state_version, state = excluded.state, taken_at = clock_timestamp()
    where kept.state_version <> excluded.state_version or kept.version < excluded.version`;
  const discard = `delete from ${table} where stream_id = $1`;
  return {
    async load(streamId, fitting) {
      const { stateVersion, upTo = null } = fitting;
      const rows = await query<SnapshotRow>(pool, load, [streamId, stateVersion, upTo]);
      return rows.map((row) => snapshotOf(streamId, fitting, row))[0];
    },
    async save({ streamId, version, position, stateVersion, state }) {
      await query(pool, save, [streamId, version, String(position), stateVersion, JSON.stringify(state)]);
    },
    async discard(streamId) {
      await query(pool, discard, [streamId]);
    },
  };
}

function snapshotOf(streamId: string, { stateVersion }: FittingSnapshot, row: SnapshotRow): Snapshot {
  const { version, position, state } = row;
  return {
    streamId,
    version: Number(version),
    position: BigInt(position),
    stateVersion,
    state: JSON.parse(state),
  };
}

async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  return (await inReadCommitted(pool, (client) => client.query<Row>(text, [...values]))).rows;
}
