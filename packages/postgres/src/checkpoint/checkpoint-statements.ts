import { quoteIdentifier, quoteLiteral } from '../quote-identifier.ts';
import { checkpointColumns } from './checkpoint-row.ts';

/** The channel that says which subscription has changed. */
export const changeChannel = 'banyan_subscriptions';

/** A transaction whose process was frozen must not hold the checkpoint for good: the server ends it after this time. */
const idleInTransactionMs = 60_000;

/** The statements over one schema's table of subscriptions. */
export function checkpointStatements(schema: string) {
  const table = `${quoteIdentifier(schema)}.subscriptions`;
  const notify = `pg_notify('${changeChannel}', ${quoteLiteral(`${schema}.`)} || name)`;
  const bounded = `set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', true)`;
  return {
    create: `insert into ${table} (name, desired) values ($1, $2) on conflict (name) do nothing`,
    load: `select ${checkpointColumns} from ${table} where name = $1`,
    // Comparing and moving are one statement, so of two readers one finds the row changed and moves nothing.
    advance: `update ${table} set position = $3, updated_at = clock_timestamp()
      where name = $1 and position = $2 and desired = 'running'
        and (hold_at is null or hold_at >= $3 or hold_until <= clock_timestamp())
      returning ${notify}, ${bounded}`,
    reset: `update ${table} set position = 0, reset_wanted = false, updated_at = clock_timestamp() where name = $1
      returning ${notify}, ${bounded}`,
    // $3 says whether a hold is given at all, since null clears it.
    control: `update ${table} set
        desired = coalesce($2, desired),
        hold_at = case when $3 then $4::bigint else hold_at end,
        hold_until = case
          when $5::double precision is not null then clock_timestamp() + $5 * interval '1 millisecond'
          when $3 then null
          else hold_until end,
        reset_wanted = coalesce($6, reset_wanted),
        updated_at = clock_timestamp()
      where name = $1
      returning ${checkpointColumns}, ${notify}`,
    report: `update ${table} set
        applied_at = coalesce($2, applied_at), lag_ms = coalesce($3, lag_ms), error = $4, reported_at = clock_timestamp()
      where name = $1`,
  };
}
