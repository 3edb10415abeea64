import { forgetStreams, inTransaction, type MadeStream } from '@banyan/postgres';
import type { SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { filledStreams } from './event-tables.ts';
import type { EventTranslation } from './stream-events.ts';

/** Streams of one transaction, which has the lock of the log meanwhile. */
const atOnce = 500;

/**
 * Takes the streams that a split has made out of the log of the service. Those to which the service has appended itself stay. May be repeated.
 * @returns How many stay.
 */
export async function forgetEvents(
  sides: Sides,
  plan: SplitPlan,
  { schema }: Pick<EventTranslation, 'schema'>,
): Promise<number> {
  const filled = filledStreams(plan);
  const [there] = await ask<{ yes: boolean }>(
    sides.target.pool,
    'select to_regclass($1) is not null as yes',
    [filled],
  );
  if (there?.yes !== true) return 0;
  let stay = 0;
  for (let after = ''; ; ) {
    const { rows, gone } = await inTransaction(sides.target.pool, async (tx) => {
      const page = `select stream, events::float8 as events from ${filled} where stream > $1 order by stream limit ${atOnce} for update`;
      const { rows } = await tx.query<MadeStream>(page, [after]);
      const gone = await forgetStreams(tx, rows, schema === undefined ? {} : { schema });
      await tx.query(`delete from ${filled} where stream = any($1)`, [gone]);
      return { rows, gone };
    });
    stay += rows.length - gone.length;
    if (rows.length < atOnce) return stay;
    after = rows.at(-1)!.stream;
  }
}

/** Whether a database has an event store. */
export async function hasEventStore(
  sides: Sides,
  { schema = 'banyan' }: Pick<EventTranslation, 'schema'>,
): Promise<boolean> {
  const sql = `select to_regclass(quote_ident($1) || '.event_position') is not null as yes`;
  const [row] = await ask<{ yes: boolean }>(sides.target.pool, sql, [schema]);
  return row?.yes === true;
}
