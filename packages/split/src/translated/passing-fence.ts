import type { InlineProjection } from '@banyan/postgres';
import type { RecordedEvent } from '@banyan/runtime';
import type pg from 'pg';

const asReplica = 'set local session_replication_role = replica';
const asOurselves = 'set local session_replication_role = default';

/**
 * The projection with handlers whose rows pass the fence and fire neither triggers nor foreign keys, as those that a server's own replication
 * applies. What else the transaction does is as ever.
 */
export function passingFence(projection: InlineProjection): InlineProjection {
  const { on, plan } = projection;
  const oneByOne: NonNullable<InlineProjection['plan']> = (events, run) => async (tx) => {
    for (const event of events) await on[event.type]!(event as RecordedEvent<string, never>, tx, run);
  };
  const planned = plan ?? oneByOne;
  return {
    ...projection,
    plan(events, run) {
      const apply = planned(events, run);
      return async (tx: pg.PoolClient) => {
        await tx.query(asReplica);
        await apply(tx);
        await tx.query(asOurselves);
      };
    },
  };
}
