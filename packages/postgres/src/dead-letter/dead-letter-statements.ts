import { quoteIdentifier } from '../quote-identifier.ts';
import { secondsOf } from '../time-column.ts';

const columns = `subscription, position, stream_id, entry::text, code, reason, attempts,
  ${secondsOf('failed_at')} as failed_at, redrive_wanted`;

/** The statements over one schema's table of dead letters. */
export function deadLetterStatements(schema: string) {
  const table = `${quoteIdentifier(schema)}.dead_letters`;
  const some = `subscription = $1 and ($2::bigint is null or position = $2)`;
  return {
    // Lanes that add at the same moment may each take the last place: the limit is passed by the number of lanes at most.
    add: `insert into ${table} (subscription, position, stream_id, entry, code, reason, attempts)
      select $1, $2::bigint, $3, $4::jsonb, $5, $6, $7::integer
      where (select count(*) from ${table} where subscription = $1 and position <> $2) < $8::integer
      on conflict (subscription, position) do update set
        entry = excluded.entry, code = excluded.code, reason = excluded.reason, attempts = excluded.attempts,
        failed_at = clock_timestamp(), redrive_wanted = false`,
    remove: `delete from ${table} where ${some}`,
    list: (redriveWanted: boolean) => `select ${columns} from ${table}
      where subscription = $1 and position > $2 ${redriveWanted ? 'and redrive_wanted' : ''} order by position limit $3`,
    count: `select count(*)::integer as count from ${table} where subscription = $1`,
    wantRedrive: `update ${table} set redrive_wanted = true where ${some}`,
    failedAgain: `update ${table} set code = $3, reason = $4, attempts = attempts + 1,
      failed_at = clock_timestamp(), redrive_wanted = false where subscription = $1 and position = $2`,
  };
}
