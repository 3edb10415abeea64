import type {
  Advance,
  AdvanceOutcome,
  Checkpoint,
  CheckpointStore,
  DesiredState,
  SubscriptionReport,
  Wanted,
} from '@banyan/runtime';
import type pg from 'pg';
import { notificationsOf } from '../notifications/notifications.ts';
import { defaultSchema } from '../prepare-database.ts';
import { inTransaction, withClient } from '../transaction.ts';
import { type CheckpointRow, checkpointOf } from './checkpoint-row.ts';
import { changeChannel, checkpointStatements } from './checkpoint-statements.ts';

/** Where the checkpoints lie. */
export interface PostgresCheckpointStoreOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
}

type Work = (tx: pg.PoolClient) => Promise<void>;

/**
 * Checkpoints in the subscriber's own database, committed with what the subscriber writes there. A step holds its
 * checkpoint's row from its first statement on; a step that does nothing for a minute is ended by the server.
 */
export function postgresCheckpointStore(
  pool: pg.Pool,
  options: PostgresCheckpointStoreOptions = {},
): CheckpointStore<pg.PoolClient> {
  return new PostgresCheckpointStore(pool, options.schema ?? defaultSchema);
}

class PostgresCheckpointStore implements CheckpointStore<pg.PoolClient> {
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #sql: ReturnType<typeof checkpointStatements>;

  constructor(pool: pg.Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
    this.#sql = checkpointStatements(schema);
  }

  load(name: string, initial: DesiredState = 'running'): Promise<Checkpoint> {
    return withClient(this.#pool, (client) => this.#load(client, name, initial));
  }

  async #load(client: pg.PoolClient, name: string, initial: DesiredState = 'running'): Promise<Checkpoint> {
    const select = () => client.query<CheckpointRow>(this.#sql.load, [name]);
    const [found] = (await select()).rows;
    if (found !== undefined) return checkpointOf(found);
    await client.query(this.#sql.create, [name, initial]);
    return checkpointOf((await select()).rows[0]!);
  }

  advance(name: string, step: Advance, work: Work): Promise<AdvanceOutcome> {
    return inTransaction(this.#pool, async (client) => {
      for (;;) {
        const moved = await client.query(this.#sql.advance, [name, step.from.toString(), step.to.toString()]);
        if (moved.rowCount === 1) {
          await work(client);
          return 'advanced';
        }
        const refusal = refusalOf(await this.#load(client, name), step);
        if (refusal !== undefined) return refusal;
        // What was in the way is gone (the row was missing, a hold was lifted): try again.
      }
    });
  }

  reset(name: string, work: Work): Promise<void> {
    return inTransaction(this.#pool, async (client) => {
      await this.#load(client, name);
      await client.query(this.#sql.reset, [name]);
      await work(client);
    });
  }

  control(name: string, wanted: Wanted): Promise<Checkpoint> {
    const { desired, holdAt, holdForMs, reset } = wanted;
    const values = [
      name,
      desired ?? null,
      holdAt !== undefined,
      holdAt?.toString() ?? null,
      holdForMs ?? null,
      reset ?? null,
    ];
    return withClient(this.#pool, async (client) => {
      await this.#load(client, name);
      return checkpointOf((await client.query<CheckpointRow>(this.#sql.control, values)).rows[0]!);
    });
  }

  async report(name: string, report: SubscriptionReport): Promise<void> {
    const values = [name, report.appliedAt ?? null, report.lagMs ?? null, report.error ?? null];
    await withClient(this.#pool, (client) => client.query(this.#sql.report, values));
  }

  async changed(name: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    using news = notificationsOf(this.#pool).subscribe(changeChannel, `${this.#schema}.${name}`);
    await news.signal.next(timeoutMs, signal);
  }
}

function refusalOf(checkpoint: Checkpoint, step: Advance): AdvanceOutcome | undefined {
  if (checkpoint.position !== step.from) return 'moved';
  if (checkpoint.desired === 'stopped') return 'stopped';
  if (checkpoint.holdAt !== undefined && checkpoint.holdAt < step.to) return 'held';
  return undefined;
}
