import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { limited } from '../time-limit.ts';

/** A row was to go where there is no partition yet. */
const noPartition = '23514';

/**
 * Makes the partitions of the log ahead of need, beside the appends. Where nobody could for so long that they are used up, the
 * append that finds out makes the next ones first.
 */
export class Partitions {
  readonly #pool: pg.Pool;
  readonly #statement: string;
  /** The position from which on there is something to do. */
  #due = 0n;
  #making: Promise<void> | undefined;

  constructor(pool: pg.Pool, schema: string) {
    this.#pool = pool;
    this.#statement = `select ${quoteIdentifier(schema)}.make_partitions() as due`;
  }

  /** An append reached this position. */
  reached(position: bigint): void {
    // What fails is tried again at the next append.
    if (position >= this.#due) this.#make().catch(() => undefined);
  }

  /** Makes sure that there is room ahead, for an append that can't be run once more. */
  async ready(): Promise<void> {
    if (this.#due === 0n) await this.#make();
  }

  /** Runs an append, and once more where it found no partition. */
  async provide<Result>(append: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await append();
      } catch (error) {
        if (attempt === 2 || !isMissingPartition(error)) throw error;
        await this.#make();
      }
    }
  }

  #make(): Promise<void> {
    this.#making ??= this.#pool
      .query<{ due: string }>(limited(this.#pool, this.#statement))
      .then(
        ({ rows }) => {
          this.#due = BigInt(rows[0]!.due);
        },
        (error: unknown) => {
          throw toPostgresError(error);
        },
      )
      .finally(() => {
        this.#making = undefined;
      });
    return this.#making;
  }
}

function isMissingPartition(error: unknown): boolean {
  const { code, message } = toPostgresError(error);
  return code === `postgres-${noPartition}` && message.includes('no partition of relation');
}
