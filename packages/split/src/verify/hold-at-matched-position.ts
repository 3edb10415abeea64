import { matchedSnapshot, textSettings } from '@banyan/postgres';
import { type CheckpointStore, Terminal, Unavailable } from '@banyan/runtime';
import type pg from 'pg';

/** Two snapshots of the same moment of the source's log. */
export interface HeldSnapshots extends AsyncDisposable {
  readonly source: pg.ClientBase;
  readonly target: pg.ClientBase;
  readonly position: bigint;
  /** How long the subscription stood still, in milliseconds. */
  readonly heldMs: number;
}

interface HoldOptions {
  readonly source: string;
  readonly checkpoints: CheckpointStore<unknown>;
  readonly subscription: string;
  /** The source's tables that will be read. */
  readonly tables: readonly string[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Stops the subscription, reads the source's position together with a snapshot, lets the subscription run to exactly that
 * position, takes a snapshot of the target there, and lets the subscription go. The hold is lifted whatever happens.
 */
export async function holdAtMatchedPosition(options: HoldOptions, target: pg.Pool): Promise<HeldSnapshots> {
  const { checkpoints, subscription } = options;
  const timeoutMs = options.timeoutMs ?? 30_000;
  const began = performance.now();
  // Should this process die, the hold lapses and the subscription goes on.
  const holdForMs = 2 * timeoutMs;
  const { position: reached } = await checkpoints.control(subscription, { holdAt: 0n, holdForMs });
  const opened: AsyncDisposable[] = [];
  try {
    const source = await matchedSnapshot(options.source, { timeoutMs, tables: options.tables });
    opened.push(source);
    if (source.position < reached) throw wrongSource(subscription, reached, source.position);
    await checkpoints.control(subscription, { holdAt: source.position, holdForMs });
    await reach(options, source.position);
    const client = await openTargetSnapshot(target);
    opened.push({ [Symbol.asyncDispose]: () => closeTargetSnapshot(client) });
    const heldMs = performance.now() - began;
    return {
      source: source.client,
      target: client,
      position: source.position,
      heldMs,
      [Symbol.asyncDispose]: () => closeAll(opened),
    };
  } catch (error) {
    await closeAll(opened);
    throw error;
  } finally {
    await checkpoints.control(subscription, { holdAt: null });
  }
}

async function reach(options: HoldOptions, position: bigint): Promise<void> {
  const { checkpoints, subscription } = options;
  const timeoutMs = options.timeoutMs ?? 30_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const checkpoint = await checkpoints.load(subscription);
    if (checkpoint.position === position) return;
    const left = deadline - performance.now();
    if (left <= 0) {
      throw new Unavailable(
        'position-not-reached',
        `The subscription ${subscription} did not reach position ${position} within ${timeoutMs} ms (it is at ${checkpoint.position}). ` +
          'See whether the service runs and what it reports, then verify again.',
      );
    }
    await checkpoints.changed(subscription, Math.min(left, 50), options.signal);
  }
}

function wrongSource(subscription: string, reached: bigint, position: bigint): Terminal {
  return new Terminal(
    'position-behind',
    `The subscription ${subscription} is at ${reached}, past the source's own position ${position}: it follows another server, ` +
      'or the source was restored from a backup. Reset the subscription to take a new snapshot.',
  );
}

// Values are written as the source's log writes them, so that text can be compared with text.
async function openTargetSnapshot(target: pg.Pool): Promise<pg.PoolClient> {
  const client = await target.connect();
  try {
    await client.query(textSettings);
    await client.query('begin isolation level repeatable read');
    // The first statement takes the snapshot: without it the target would be read at some later moment.
    await client.query('create temp table banyan_seen (target text, row_id tid) on commit drop');
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function closeTargetSnapshot(client: pg.PoolClient): Promise<void> {
  await client.query('rollback').catch(() => undefined);
  client.release(true);
}

async function closeAll(opened: readonly AsyncDisposable[]): Promise<void> {
  for (const one of [...opened].reverse()) await one[Symbol.asyncDispose]();
}
