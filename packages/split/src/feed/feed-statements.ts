import { quoteIdentifier, quoteLiteral, quoteTable } from '@banyan/postgres';
import { type Statement, statements } from '../plan/action.ts';
import { feedName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan, type SplitTable, tablesAt } from '../plan/split-plan.ts';
import { signalTable } from '../signal/signal.ts';

/** Makes the publication of the feed into a side, on the other side; at first perhaps of the signal only. */
export function createPublication(
  plan: SplitPlan,
  into: SideName,
  scope: 'tables' | 'signal' = 'tables',
): Statement[] {
  const tables = [
    ...(scope === 'tables' ? tablesAt(plan, otherSide(into)).map(publishedTable) : []),
    plan.reshaped === undefined
      ? `${signalTable(plan)} where (into_side = ${quoteLiteral(into)})`
      : `only ${signalTable(plan)}`,
  ];
  return statements(
    otherSide(into),
    `create publication ${quoteIdentifier(feedName(plan, into))} for table ${tables.join(', ')}`,
  );
}

/** Adds tables to the publication of the feed into a side: what is written from then on is sent. */
export function publishTables(plan: SplitPlan, into: SideName, tables = plan.tables): Statement[] {
  const list = tables.map(publishedTable).join(', ');
  return statements(
    otherSide(into),
    `alter publication ${quoteIdentifier(feedName(plan, into))} add table ${list}`,
  );
}

/** Takes tables out of it again: what was written before is sent still. */
export function unpublishTables(plan: SplitPlan, into: SideName, tables = plan.tables): Statement[] {
  const list = tables.map(({ name }) => `only ${quoteTable(name)}`).join(', ');
  return statements(
    otherSide(into),
    `alter publication ${quoteIdentifier(feedName(plan, into))} drop table ${list}`,
  );
}

/** Lets the feed into a side know which tables there are now; their rows are there already. */
export function refreshSubscription(plan: SplitPlan, into: SideName): Statement[] {
  return statements(
    into,
    `alter subscription ${quoteIdentifier(feedName(plan, into))} refresh publication with (copy_data = false)`,
  );
}

function publishedTable({ name, columns, where }: SplitTable): string {
  const list = columns === undefined ? '' : ` (${columns.map(quoteIdentifier).join(', ')})`;
  const rows = where === undefined ? '' : ` where (${where})`;
  return `only ${quoteTable(name)}${list}${rows}`;
}

/** Makes the slot of the feed into a side, on the other side. Made apart from the subscription, for both may be on one server. */
export function createSlot(plan: SplitPlan, into: SideName): Statement[] {
  const name = quoteLiteral(feedName(plan, into));
  return statements(otherSide(into), `select pg_create_logical_replication_slot(${name}, 'pgoutput')`);
}

/** What a subscription begins with. */
export interface SubscriptionStart {
  /** How the subscribing server reaches the other side. */
  readonly reach: string;
  /** Whether the rows that are there now are copied first. */
  readonly copy: boolean;
  /** Whether changes that came through a feed are left out, so that nothing goes round in circles (PostgreSQL 16). */
  readonly ownOnly: boolean;
}

/** Makes the subscription of the feed into a side, on that side. */
export function createSubscription(
  plan: SplitPlan,
  into: SideName,
  { reach, copy, ownOnly }: SubscriptionStart,
): Statement[] {
  const name = quoteIdentifier(feedName(plan, into));
  const options = [
    'create_slot = false',
    `slot_name = ${quoteIdentifier(feedName(plan, into))}`,
    `copy_data = ${copy}`,
    // A worker drops its slot once its table is copied: were that it is copied lost in a crash, it would look for the slot for ever.
    `synchronous_commit = ${copy ? 'on' : 'off'}`,
    ...(ownOnly ? ['origin = none'] : []),
  ];
  return statements(
    into,
    `create subscription ${name} connection ${quoteLiteral(reach)} publication ${name} with (${options.join(', ')})`,
  );
}

/** Lets the feed into a side no longer wait for the disk with each transaction: what a crash loses of it is sent again. */
export function relaxSubscription(plan: SplitPlan, into: SideName): Statement[] {
  return statements(
    into,
    `alter subscription ${quoteIdentifier(feedName(plan, into))} set (synchronous_commit = off)`,
  );
}

/** Lets the subscription of the feed into a side go on, or rest. */
export function setSubscription(plan: SplitPlan, into: SideName, how: 'enable' | 'disable'): Statement[] {
  return statements(into, `alter subscription ${quoteIdentifier(feedName(plan, into))} ${how}`);
}

/** Parts the subscription of the feed into a side from its slot, which is dropped apart, so that either may be gone already. */
export function detachSubscription(plan: SplitPlan, into: SideName): Statement[] {
  const name = quoteIdentifier(feedName(plan, into));
  return statements(
    into,
    `alter subscription ${name} disable`,
    `alter subscription ${name} set (slot_name = none)`,
  );
}

/** Takes the detached subscription of the feed into a side down: one statement, which gives up after ten seconds. */
export function dropSubscription(plan: SplitPlan, into: SideName): Statement[] {
  const name = quoteIdentifier(feedName(plan, into));
  return statements(into, `set local statement_timeout = '10s'; drop subscription ${name}`);
}

/** Drops the slot of the feed into a side. */
export function dropSlot(plan: SplitPlan, into: SideName): Statement[] {
  return statements(
    otherSide(into),
    `select pg_drop_replication_slot(${quoteLiteral(feedName(plan, into))})`,
  );
}

/** Drops the publication of the feed into a side. */
export function dropPublication(plan: SplitPlan, into: SideName): Statement[] {
  return statements(otherSide(into), `drop publication if exists ${quoteIdentifier(feedName(plan, into))}`);
}
