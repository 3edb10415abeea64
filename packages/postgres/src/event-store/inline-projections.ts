import {
  type Checkpoint,
  type EventCodec,
  inlineGap,
  mayRunInline,
  type Projection,
  planEvents,
} from '@banyan/runtime';
import type pg from 'pg';
import { type CheckpointRow, checkpointOf } from '../checkpoint/checkpoint-row.ts';
import { checkpointStatements } from '../checkpoint/checkpoint-statements.ts';
import { toPostgresError } from '../errors.ts';
import { fenceValues } from '../lease/postgres-lease-store.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { idleWithLogMs } from '../transaction.ts';
import { decodeRows } from './coded-events.ts';
import { type EventRow, eventColumns } from './recorded-event.ts';

// biome-ignore lint/suspicious/noExplicitAny: of any contract; its handlers are typed where it is declared.
export type InlineProjection = Projection<any, pg.PoolClient>;

/** A handler failed on an event of the appends under way. */
export class InlineFailure extends Error {
  constructor(cause: unknown) {
    super('an inline projection failed', { cause });
  }

  /** What to tell the caller: what the handler threw, or why the database refused its statement. */
  get reason(): unknown {
    const error = toPostgresError(this.cause);
    return error.code === 'unexpected' ? this.cause : error;
  }
}

/** Takes projections to the end of an append within its transaction, as their followers would do later. */
export class InlineProjections {
  readonly #projections: readonly InlineProjection[];
  readonly #codec: EventCodec | undefined;
  readonly #select: string;
  readonly #sql: ReturnType<typeof checkpointStatements>;

  constructor(schema: string, projections: readonly InlineProjection[], codec: EventCodec | undefined) {
    this.#projections = projections;
    this.#codec = codec;
    this.#select = `select ${eventColumns} from ${quoteIdentifier(schema)}.events e
      where position > $1 and position <= $2 order by position`;
    this.#sql = checkpointStatements(schema, idleWithLogMs);
  }

  /**
   * Handles what was appended at positions from `first` to `last`, after what little a projection has not seen before.
   * @throws InlineFailure when a handler fails on what was appended.
   */
  async take(client: pg.PoolClient, first: bigint, last: bigint): Promise<void> {
    for (const projection of this.#projections) {
      const { name, version = 1 } = projection;
      const checkpoint = await this.#lock(client, name);
      const behind = first - 1n - checkpoint.position;
      if (behind > inlineGap || !mayRunInline(checkpoint, version, last)) continue;
      // What fails on earlier events is its follower's to report, and no reason to refuse these.
      const caughtUp =
        behind <= 0n ||
        (await wholly(client, () => this.#step(client, projection, checkpoint.position, first - 1n)));
      if (!caughtUp) continue;
      await this.#step(client, projection, behind > 0n ? first - 1n : checkpoint.position, last).catch(
        (error: unknown) => {
          throw new InlineFailure(error);
        },
      );
    }
  }

  async #step(client: pg.PoolClient, projection: InlineProjection, from: bigint, to: bigint): Promise<void> {
    const { name, version = 1 } = projection;
    const [after, upTo] = [from.toString(), to.toString()];
    const { rows } = await client.query<EventRow>(this.#select, [after, upTo]);
    const events = await decodeRows(this.#codec, rows);
    await planEvents(projection, events, { rebuilding: false }).apply(client);
    await client.query(this.#sql.advance, [name, after, upTo, ...fenceValues(undefined), version]);
  }

  async #lock(client: pg.PoolClient, name: string): Promise<Checkpoint> {
    const lock = async () =>
      checkpointOf(name, (await client.query<CheckpointRow>(this.#sql.lock, [name])).rows);
    const found = await lock();
    if (found !== undefined) return found;
    await client.query(this.#sql.create, [name, 'running']);
    return (await lock())!;
  }
}

/** Does something as a whole or not at all; tells which. */
async function wholly(client: pg.PoolClient, work: () => Promise<void>): Promise<boolean> {
  await client.query('savepoint inline');
  try {
    await work();
    await client.query('release savepoint inline');
    return true;
  } catch {
    await client.query('rollback to savepoint inline');
    return false;
  }
}
