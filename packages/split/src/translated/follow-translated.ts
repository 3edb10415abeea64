import { applyRowWrites, changeFeed, quoteTable } from '@banyan/postgres';
import {
  type ChangeEntry,
  type Feed,
  type RowChange,
  type RowEntry,
  type RowTranslator,
  type RowWrite,
  retryTemporary,
  rowChangesOf,
  type Subscription,
  subscribeToChanges,
} from '@banyan/runtime';
import type pg from 'pg';
import { type SideName, type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { EventWriter } from './event-writer.ts';
import type { EventTranslation } from './stream-events.ts';
import { signalName, translatedCheckpoints, translatedFeed, translatedName } from './translated-feed.ts';

/** The translators of a split whose rows have another shape at the target. */
export interface Translators {
  /** From rows of the source to rows of the target. */
  readonly forth: RowTranslator;
  /** From rows of the target to rows of the source. */
  readonly back?: RowTranslator;
  /**
   * For a target that keeps events: what the source's rows mean there. The target's projections then make its rows, and `forth` says what they must
   * come to.
   */
  readonly events?: EventTranslation;
}

/** How a translated feed is followed. */
export interface FollowOptions {
  readonly translate: RowTranslator;
  /** What is appended in place of rows; into the target only. */
  readonly events?: EventTranslation | undefined;
  /**
   * Whether to begin with a copy of the tables, which is for whoever has locked the split. Rows of the source are never thrown away to be
   * made anew. Default false: what was begun is gone on with.
   */
  readonly copy?: boolean;
  readonly signal?: AbortSignal;
}

/** Our rows pass the fence, and fire neither triggers nor foreign keys, as those that a server's own replication applies. */
const asReplica = 'set local session_replication_role = replica';

/**
 * Follows the other side and writes what the translator makes of its rows, while that is wanted: each transaction together with how far
 * it has got. Any number of processes may do it; one at a time has an effect.
 */
export function followTranslated(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  { translate, events, copy = false, signal }: FollowOptions,
): Subscription {
  const whole = changeFeed(translatedFeed(sides, plan, into));
  const feed = copy && into === 'target' ? whole : withoutSnapshot(whole);
  const writer: Writer =
    events === undefined
      ? rowWriter(plan, into, translate)
      : new EventWriter(
          sides,
          plan,
          events,
          withSignal(plan, into, () => []),
        );
  return subscribeToChanges<pg.PoolClient>({
    name: translatedName(plan, into),
    feed: writer.after?.(feed) ?? feed,
    checkpoints: translatedCheckpoints(sides, plan, into),
    initial: 'stopped',
    onError: retryTemporary({ maxMs: 1_000 }),
    handle: (entries, tx) => writer.handle(entries, tx),
    reset: (tx) => writer.reset(tx),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What becomes of the entries of a feed. */
interface Writer {
  handle(entries: readonly RowEntry[], tx: pg.PoolClient): Promise<void>;
  /** Forgets what was written, because a copy begins. */
  reset(tx: pg.PoolClient): Promise<void>;
  /** The feed with what comes between its parts. */
  after?(feed: Feed<ChangeEntry>): Feed<ChangeEntry>;
}

function rowWriter(plan: SplitPlan, into: SideName, translate: RowTranslator): Writer {
  return {
    async handle(entries, tx) {
      await tx.query(asReplica);
      const writes = entries.flatMap(rowChangesOf).flatMap(withSignal(plan, into, translate));
      await applyRowWrites(tx, tableByTable(writes));
    },
    async reset(tx) {
      await tx.query(asReplica);
      for (const { name } of tablesAt(plan, into)) await tx.query(`delete from only ${quoteTable(name)}`);
    },
  };
}

/** No row depends on one of another table where foreign keys are not looked at: so neighbours are many, and statements few. */
function tableByTable(writes: readonly RowWrite[]): readonly RowWrite[] {
  const tables = new Map<string, RowWrite[]>();
  for (const write of writes) {
    const known = tables.get(write.table);
    if (known === undefined) tables.set(write.table, [write]);
    else known.push(write);
  }
  return [...tables.values()].flat();
}

function withSignal(
  plan: SplitPlan,
  into: SideName,
  translate: RowTranslator,
): (change: RowChange) => readonly RowWrite[] {
  const table = signalName(plan);
  return (change) => {
    if (change.table !== table) return translate(change);
    if (change.op === 'delete' || change.op === 'truncate' || change.row.into_side !== into) return [];
    const { into_side = null, ...row } = change.row;
    return [{ op: 'upsert', table, key: { into_side }, row }];
  };
}

/** Where nothing was begun there is nothing to read: it is looked again later. */
function withoutSnapshot(feed: Feed<ChangeEntry>): Feed<ChangeEntry> {
  return {
    ...feed,
    async *read(options) {
      if (options.after > 0n) yield* feed.read(options);
    },
  };
}
