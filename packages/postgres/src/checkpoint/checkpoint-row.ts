import { addUpLanes, type Checkpoint, type DesiredState, type SubscriptionReport } from '@banyan/runtime';
import { secondsOf, timeFrom } from '../time-column.ts';

/** The columns that make a checkpoint; a hold that has lapsed is none. */
export const checkpointColumns = `name, lane_of, lanes, position, desired,
  case when hold_until <= clock_timestamp() then null else hold_at end as hold_at,
  reset_wanted, version, ${secondsOf('applied_at')} as applied_at, lag_ms, error, ${secondsOf('reported_at')} as reported_at`;

/** A row of these columns: a subscription or one of its lanes. */
export interface CheckpointRow {
  readonly name: string;
  readonly lane_of: string | null;
  readonly lanes: number;
  readonly position: string;
  readonly desired: DesiredState;
  readonly hold_at: string | null;
  readonly reset_wanted: boolean;
  readonly version: number | null;
  readonly applied_at: number | null;
  readonly lag_ms: number | null;
  readonly error: string | null;
  readonly reported_at: number | null;
}

/** A row and those of its lanes as the runtime knows them; undefined without rows. */
export function checkpointOf(name: string, rows: readonly CheckpointRow[]): Checkpoint | undefined {
  const whole = rows.find((row) => row.name === name);
  if (whole === undefined) return undefined;
  const lanes = rows.filter((row) => row.lane_of === name);
  return lanes.length === 0
    ? ownCheckpoint(whole)
    : addUpLanes(ownCheckpoint(whole), lanes.map(ownCheckpoint));
}

function ownCheckpoint(row: CheckpointRow): Checkpoint {
  return {
    position: BigInt(row.position),
    desired: row.desired,
    ...(row.hold_at === null ? {} : { holdAt: BigInt(row.hold_at) }),
    ...(row.reset_wanted ? { resetWanted: true as const } : {}),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.lanes === 1 ? {} : { lanes: row.lanes }),
    ...(row.reported_at === null ? {} : { reported: { ...reportOf(row), at: timeFrom(row.reported_at) } }),
  };
}

function reportOf(row: CheckpointRow): SubscriptionReport {
  return {
    ...(row.applied_at === null ? {} : { appliedAt: timeFrom(row.applied_at) }),
    ...(row.lag_ms === null ? {} : { lagMs: row.lag_ms }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}
