import type { Checkpoint, DesiredState, SubscriptionReport } from '@banyan/runtime';

/** The columns that make a checkpoint; a hold that has lapsed is none. */
export const checkpointColumns = `position, desired,
  case when hold_until <= clock_timestamp() then null else hold_at end as hold_at,
  reset_wanted, applied_at, lag_ms, error, reported_at`;

/** A row of these columns. */
export interface CheckpointRow {
  readonly position: string;
  readonly desired: DesiredState;
  readonly hold_at: string | null;
  readonly reset_wanted: boolean;
  readonly applied_at: Date | null;
  readonly lag_ms: number | null;
  readonly error: string | null;
  readonly reported_at: Date | null;
}

/** A row as the runtime knows it. */
export function checkpointOf(row: CheckpointRow): Checkpoint {
  return {
    position: BigInt(row.position),
    desired: row.desired,
    ...(row.hold_at === null ? {} : { holdAt: BigInt(row.hold_at) }),
    ...(row.reset_wanted ? { resetWanted: true as const } : {}),
    ...(row.reported_at === null ? {} : { reported: { ...reportOf(row), at: row.reported_at } }),
  };
}

function reportOf(row: CheckpointRow): SubscriptionReport {
  return {
    ...(row.applied_at === null ? {} : { appliedAt: row.applied_at }),
    ...(row.lag_ms === null ? {} : { lagMs: row.lag_ms }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}
