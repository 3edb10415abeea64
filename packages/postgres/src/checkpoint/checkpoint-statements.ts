import { leaseIsCurrent } from '../lease/lease-statements.ts';
import { quoteIdentifier, quoteLiteral } from '../quote-identifier.ts';
import { checkpointColumns } from './checkpoint-row.ts';

/** The channel that says which subscription has changed. */
export const changeChannel = 'banyan_subscriptions';

/** The statements over one schema's table of subscriptions. */
export function checkpointStatements(schema: string, idleInTransactionMs: number) {
  const table = `${quoteIdentifier(schema)}.subscriptions`;
  const notifyOf = (name: string) =>
    `pg_notify('${changeChannel}', ${quoteLiteral(`${schema}.`)} || ${name})`;
  // Who waits for a subscription hears of its lanes.
  const notify = `${notifyOf('name')}, case when lane_of is not null then ${notifyOf('lane_of')} end`;
  const bounded = `set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', true)`;
  const all = `(name = $1 or lane_of = $1)`;
  // Comparing and moving are one statement, so of two readers one finds the row changed and moves nothing.
  const advance = `update ${table} set position = $3, version = coalesce(version, $8), updated_at = clock_timestamp()
      where name = $1 and position = $2 and ($8::integer is null or version is null or version = $8)
        and desired = 'running' and lanes = 1
        and (hold_at is null or hold_at >= $3 or hold_until <= clock_timestamp())
        and ${leaseIsCurrent(schema, 4)}
      returning ${notify}`;
  return {
    create: `insert into ${table} (name, desired) values ($1, $2) on conflict (name) do nothing`,
    load: `select ${checkpointColumns} from ${table} where ${all}`,
    advance: `${advance}, ${bounded}`,
    // A lane that passes over events of others does it again after a crash, so nobody need wait for the disk.
    pass: `${advance}, set_config('synchronous_commit', 'off', true)`,
    // Always in this order, so that two who want several rows do not wait for each other in a circle. Whoever has the first row is
    // alone with the lanes: a statement after this one sees them all.
    lock: `select ${checkpointColumns} from ${table} where ${all} order by name for update`,
    isCurrent: `select ${leaseIsCurrent(schema, 1)} as current`,
    reset: `update ${table} set position = 0, reset_wanted = false, updated_at = clock_timestamp()
      where ${all} and ${leaseIsCurrent(schema, 2)} returning ${notify}, ${bounded}`,
    // $3 says whether a hold is given at all, since null clears it.
    control: `update ${table} set
        desired = coalesce($2, desired),
        hold_at = case when $3 then $4::bigint else hold_at end,
        hold_until = case
          when $5::double precision is not null then clock_timestamp() + $5 * interval '1 millisecond'
          when $3 then null
          else hold_until end,
        reset_wanted = coalesce($6, reset_wanted),
        version = coalesce(version, $7),
        updated_at = clock_timestamp()
      where ${all} returning ${notify}`,
    startAt: `update ${table} set position = $2, desired = 'running', hold_at = null, hold_until = null, reset_wanted = false,
        error = null, updated_at = clock_timestamp()
      where name = $1 and desired = 'stopped' and lanes = 1 returning ${notify}`,
    report: `update ${table} set
        applied_at = coalesce($2, applied_at), lag_ms = coalesce($3, lag_ms), error = $4, reported_at = clock_timestamp()
      where name = $1`,
    removeLanes: `delete from ${table} where lane_of = $1`,
    addLanes: `insert into ${table} (name, lane_of, position, desired, hold_at, hold_until, reset_wanted, version)
      select lane, s.name, $3, s.desired, s.hold_at, s.hold_until, s.reset_wanted, coalesce(s.version, $4)
      from ${table} s cross join unnest($2::text[]) as given (lane) where s.name = $1`,
    setLanes: `update ${table} set lanes = $2, position = $3, version = $4, updated_at = clock_timestamp()
      where name = $1 returning ${notify}`,
  };
}
