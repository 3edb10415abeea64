import type { FeedBatch } from '../feed/feed.ts';
import type { ChangeEntry, ChangeTransaction, RowChange } from '../feed/row-change.ts';
import { type SubscribeOptions, type Subscription, subscribe } from './subscribe.ts';
import type { SubscriberStep } from './subscriber-step.ts';

/** A batch of rows of a snapshot. */
export type SnapshotRows = Extract<ChangeEntry, { kind: 'snapshot-rows' }>;

/** The entries of a change feed that carry rows. */
export type RowEntry = ChangeTransaction | SnapshotRows;

/** Like `subscribe`, for a change feed: `reset` is required, because a snapshot begins by forgetting. */
export interface SubscribeToChangesOptions<Tx>
  extends Omit<
    SubscribeOptions<ChangeEntry, Tx>,
    'handle' | 'reset' | 'steps' | 'committedAt' | 'filter' | 'lanes' | 'leases' | 'leaseMs' | 'version'
  > {
  /** Applies rows and transactions, in order, through `tx`. */
  readonly handle: (entries: readonly RowEntry[], tx: Tx, to: bigint) => Promise<void>;
  /** Removes every row that `handle` has written. */
  readonly reset: (tx: Tx) => Promise<void>;
}

/** Follows a change feed: a snapshot is loaded with the checkpoint at 0n and counts as a whole once its end is reached. */
export function subscribeToChanges<Tx>(options: SubscribeToChangesOptions<Tx>): Subscription {
  return subscribe<ChangeEntry, Tx>({
    ...options,
    steps: snapshotAwareSteps,
    committedAt: (entry) => (entry.kind === 'transaction' ? entry.committedAt : undefined),
    handle: async (entries, tx, to) => {
      const rows = entries.filter((entry) => entry.kind === 'transaction' || entry.kind === 'snapshot-rows');
      if (rows.length > 0) await options.handle(rows, tx, to);
    },
  });
}

/** The row changes of an entry; a row of a snapshot counts as an insert. */
export function rowChangesOf(entry: RowEntry): readonly RowChange[] {
  if (entry.kind === 'transaction') return entry.changes;
  return entry.rows.map((row) => ({ op: 'insert', table: entry.table, row }));
}

/** A reset at every start, the rows at 0n, the end as a whole, and the transactions of a batch in one step. */
function snapshotAwareSteps(batch: FeedBatch<ChangeEntry>): readonly SubscriberStep<ChangeEntry>[] {
  const steps: SubscriberStep<ChangeEntry>[] = [];
  let transactions: ChangeTransaction[] = [];
  for (const entry of batch.entries) {
    if (entry.kind === 'transaction') {
      transactions.push(entry);
      continue;
    }
    if (transactions.length > 0) {
      steps.push({ do: 'apply', entries: transactions, to: transactions.at(-1)!.position });
      transactions = [];
    }
    steps.push(snapshotStep(entry));
  }
  const endsWithTransactions = transactions.length > 0 || batch.entries.length === 0;
  if (endsWithTransactions) steps.push({ do: 'apply', entries: transactions, to: batch.position });
  return steps;
}

function snapshotStep(entry: Exclude<ChangeEntry, ChangeTransaction>): SubscriberStep<ChangeEntry> {
  if (entry.kind === 'snapshot-start') return { do: 'reset' };
  if (entry.kind === 'snapshot-rows') return { do: 'apply', entries: [entry], to: 0n };
  return { do: 'apply', entries: [], to: entry.position, whole: true };
}
