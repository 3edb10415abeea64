import { connect } from '@banyan/postgres';
import type { CheckpointStore, RowTranslator } from '@banyan/runtime';
import { compareRows } from './compare-rows.ts';
import { countExtraRows } from './extra-rows.ts';
import { type HeldSnapshots, holdAtMatchedPosition } from './hold-at-matched-position.ts';
import { readTable } from './read-table.ts';

/** What to compare. */
export interface VerifyOptions {
  /** Connection string of the source: the monolith's database. */
  readonly source: string;
  /** Connection string of the target: the service's database. */
  readonly target: string;
  /** Where the subscription that fills the target keeps its checkpoint: in the target. */
  readonly checkpoints: CheckpointStore<unknown>;
  /** The subscription's name. */
  readonly subscription: string;
  /** Source tables, `schema.table`. */
  readonly tables: readonly string[];
  /** Target tables that the translator writes, `schema.table`. */
  readonly into: readonly string[];
  /** The translator that the subscription applies. */
  readonly translate: RowTranslator;
  /** Rows read and compared at once, default 2000. */
  readonly batch?: number;
  /** How long the subscription may need to reach the matched position, in milliseconds. Default 30000. */
  readonly timeoutMs?: number;
  /** Called after every batch: how many rows of the target were compared, and how many of the source were read for it. */
  readonly onProgress?: (compared: number, read: number) => void;
  /** Gives others room after every batch, told how long it took in milliseconds. Default: none is given. */
  readonly leaveRoom?: (tookMs: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** A row that is not as it should be, for a person to look at. */
export interface RowDifference {
  readonly kind: 'missing' | 'different' | 'extra';
  readonly table: string;
  /** The key as JSON text. */
  readonly key: string;
  /** The columns that differ; empty where the whole row is missing or extra. */
  readonly columns: readonly string[];
}

/** What came of a comparison. */
export interface Verification {
  /** The position of the source's log at which both sides were read. */
  readonly position: bigint;
  /** Rows that the source says the target must have. */
  readonly compared: number;
  readonly missing: number;
  readonly different: number;
  readonly extra: number;
  /** How long the subscription stood still for it, in milliseconds. */
  readonly heldMs: number;
  /** At most 20. */
  readonly samples: readonly RowDifference[];
}

/** How many differences are kept as samples. */
const keptSamples = 20;

/**
 * Compares source and target row by row at one position while both run: the source is read in a snapshot whose position is
 * known exactly, the subscription is held until the target stands at that same position, a snapshot of the target is
 * taken, and the subscription goes on while the rows are compared.
 * @throws Unavailable when the subscription does not reach the position in time; it goes on as before.
 */
export async function verifyRows(options: VerifyOptions): Promise<Verification> {
  const target = connect(options.target, { max: 2, applicationName: 'banyan-verify' });
  try {
    await using held = await holdAtMatchedPosition(options, target);
    return await compareSnapshots(options, held);
  } finally {
    await target.end();
  }
}

async function compareSnapshots(options: VerifyOptions, held: HeldSnapshots): Promise<Verification> {
  const found: RowDifference[] = [];
  const counts = { compared: 0, missing: 0, different: 0 };
  let read = 0;
  for (const table of options.tables) {
    let began = performance.now();
    for await (const rows of readTable(held.source, table, options.batch ?? 2000)) {
      options.signal?.throwIfAborted();
      const writes = rows.flatMap((row) => options.translate({ op: 'insert', table, row }));
      const result = await compareRows(held.target, writes);
      counts.compared += result.compared;
      counts.missing += result.missing;
      counts.different += result.different;
      found.push(...result.samples.slice(0, keptSamples - found.length));
      read += rows.length;
      options.onProgress?.(counts.compared, read);
      await options.leaveRoom?.(performance.now() - began);
      began = performance.now();
    }
  }
  const extra = await countExtraRows(held.target, options.into, keptSamples - found.length);
  found.push(...extra.samples);
  return { position: held.position, ...counts, extra: extra.count, heldMs: held.heldMs, samples: found };
}
