import { Terminal } from '@banyan/runtime';
import { feedName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';

const copiedSql = `
  select format('pg\\_%s\\_sync\\_%s\\_%%', s.oid, r.srrelid) as slot, r.srrelid::regclass::text as table,
    exists (select from pg_stat_subscription w where w.subid = s.oid and w.relid = r.srrelid and w.pid is not null) as working
  from pg_subscription s join pg_subscription_rel r on r.srsubid = s.oid and r.srsubstate = 'f'
  where s.subname = $1 and s.subdbid = (select oid from pg_database where datname = current_database())`;

const slotSql = `
  select wal_status = 'lost' as lost, current_setting('max_slot_wal_keep_size') as kept from pg_replication_slots where slot_name like $1`;

/**
 * A table that is copied catches up through a slot of its own. Where that is gone, for the other server was restored or somebody dropped
 * it, or has lost its log, the target's worker looks for it for ever, and counts that as no error.
 * @throws Terminal `copy-broken`
 */
export async function refuseBrokenCopy(sides: Sides, plan: SplitPlan, into: SideName): Promise<void> {
  const read = () =>
    ask<{ slot: string; table: string; working: boolean }>(sides[into].pool, copiedSql, [
      feedName(plan, into),
    ]);
  for (const { slot, table } of await read()) {
    const from = sides[otherSide(into)].pool;
    const [found] = await ask<{ lost: boolean; kept: string }>(from, slotSql, [slot]);
    if (found?.lost === true) {
      throw new Terminal(
        'copy-broken',
        `The copy of ${table} can't go on: while it was copied more was written at the ${otherSide(into)} than the server keeps of its log (max_slot_wal_keep_size is ` +
          `${found.kept}). Abort the split (banyan split abort ${plan.name}), raise that setting, and run it again.`,
      );
    }
    if (found !== undefined) continue;
    const copied = async () => (await read()).find((one) => one.table === table);
    // A worker drops the slot when the table has caught up, and commits that it has only then. One that looks in vain ends, so there
    // are moments without any.
    const now = await copied();
    if (now === undefined || now.working) continue;
    // What its last worker committed is seen once it has ended.
    if ((await copied()) === undefined) continue;
    throw new Terminal(
      'copy-broken',
      `The copy of ${table} can't go on: the ${otherSide(into)} has lost the slot through which it was to catch up. ` +
        `Abort the split (banyan split abort ${plan.name}) and run it again.`,
    );
  }
}
