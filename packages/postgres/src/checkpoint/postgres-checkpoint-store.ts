import {
  type Advance,
  type AdvanceOutcome,
  BanyanError,
  type Checkpoint,
  type CheckpointStore,
  checkLanes,
  type DesiredState,
  isOther,
  type Lane,
  type Lease,
  lanesChanged,
  lanesOf,
  parseLane,
  type SubscriptionReport,
  type Wanted,
} from '@banyan/runtime';
import type pg from 'pg';
import { fenceValues } from '../lease/postgres-lease-store.ts';
import { notificationsOf } from '../notifications/notifications.ts';
import { defaultSchema } from '../prepare-database.ts';
import { limited } from '../time-limit.ts';
import { inReadCommitted, inTransaction } from '../transaction.ts';
import { type CheckpointRow, checkpointOf } from './checkpoint-row.ts';
import { changeChannel, checkpointStatements } from './checkpoint-statements.ts';
import { divide } from './divide.ts';

/** Where the checkpoints lie. */
export interface PostgresCheckpointStoreOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
  /**
   * After so many milliseconds without a statement the server ends a step, default 60000: a process that was frozen in the middle
   * of one must not hold its checkpoint for good.
   */
  readonly idleInTransactionMs?: number;
}

type Work = (tx: pg.PoolClient) => Promise<void>;

/**
 * Checkpoints in the subscriber's own database, committed with what the subscriber writes there. A step holds its
 * checkpoint's row from its first statement on.
 */
export function postgresCheckpointStore(
  pool: pg.Pool,
  options: PostgresCheckpointStoreOptions = {},
): CheckpointStore<pg.PoolClient> {
  return new PostgresCheckpointStore(pool, options);
}

class PostgresCheckpointStore implements CheckpointStore<pg.PoolClient> {
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #sql: ReturnType<typeof checkpointStatements>;

  constructor(pool: pg.Pool, options: PostgresCheckpointStoreOptions) {
    this.#pool = pool;
    this.#schema = options.schema ?? defaultSchema;
    this.#sql = checkpointStatements(this.#schema, options.idleInTransactionMs ?? 60_000);
  }

  load(name: string, initial: DesiredState = 'running'): Promise<Checkpoint> {
    return inReadCommitted(this.#pool, (client) => this.#load(client, name, initial));
  }

  async #load(client: pg.PoolClient, name: string, initial: DesiredState = 'running'): Promise<Checkpoint> {
    const select = async () =>
      checkpointOf(
        name,
        (await client.query<CheckpointRow>(limited(this.#pool, this.#sql.load, [name]))).rows,
      );
    const found = await select();
    if (found !== undefined) return found;
    const lane = parseLane(name);
    if (lane !== undefined) throw lanesChanged(lane);
    await client.query(this.#sql.create, [name, initial]);
    return (await select())!;
  }

  advance(name: string, step: Advance, work?: Work): Promise<AdvanceOutcome> {
    const values = [
      name,
      step.from.toString(),
      step.to.toString(),
      ...fenceValues(step.fence),
      step.version ?? null,
    ];
    const passes = work === undefined && parseLane(name) !== undefined;
    const run = passes ? inReadCommitted<AdvanceOutcome> : inTransaction<AdvanceOutcome>;
    return run(this.#pool, async (client) => {
      for (;;) {
        const moved = await client.query(passes ? this.#sql.pass : this.#sql.advance, values);
        if (moved.rowCount === 1) {
          await work?.(client);
          return 'advanced';
        }
        const refusal = await this.#refusalOf(client, name, step);
        if (refusal !== undefined) return refusal;
        // What was in the way is gone (the row was missing, a hold was lifted): try again.
      }
    });
  }

  async #refusalOf(client: pg.PoolClient, name: string, step: Advance): Promise<AdvanceOutcome | undefined> {
    if (!(await this.#isCurrent(client, step.fence))) return 'fenced';
    try {
      const { position, desired, holdAt, lanes, version } = await this.#load(client, name);
      if (position !== step.from || lanes !== undefined) return 'moved';
      if (isOther(version, step.version)) return 'superseded';
      if (desired === 'stopped') return 'stopped';
      return holdAt !== undefined && holdAt < step.to ? 'held' : undefined;
    } catch (error) {
      if (error instanceof BanyanError && error.code === 'lanes-changed') return 'moved';
      throw error;
    }
  }

  async #isCurrent(client: pg.PoolClient, fence: Lease | undefined): Promise<boolean> {
    if (fence === undefined) return true;
    const { rows } = await client.query<{ current: boolean }>(this.#sql.isCurrent, [...fenceValues(fence)]);
    return rows[0]!.current;
  }

  reset(name: string, work: Work, fence?: Lease): Promise<'reset' | 'fenced'> {
    return inTransaction(this.#pool, async (client) => {
      await this.#load(client, name);
      await client.query(this.#sql.lock, [name]);
      const put = await client.query(this.#sql.reset, [name, ...fenceValues(fence)]);
      if (put.rowCount === 0) return 'fenced';
      await work(client);
      return 'reset';
    });
  }

  control(name: string, wanted: Wanted): Promise<Checkpoint> {
    const { desired, holdAt, holdForMs, reset, version } = wanted;
    const values = [
      name,
      desired ?? null,
      holdAt !== undefined,
      holdAt?.toString() ?? null,
      holdForMs ?? null,
      reset ?? null,
      version ?? null,
    ];
    return inTransaction(this.#pool, async (client) => {
      await this.#load(client, name);
      await client.query(this.#sql.lock, [name]);
      await client.query(this.#sql.control, values);
      return this.#load(client, name);
    });
  }

  async lanes(name: string, lanes: number, initial?: DesiredState): Promise<readonly Lane[]> {
    checkLanes(name, lanes);
    const { lanes: divided, position } = await this.load(name, initial);
    if (divided !== undefined || position > 0n || lanes === 1) return lanesOf(name, divided ?? 1);
    return inTransaction(this.#pool, async (client) => {
      await client.query(this.#sql.lock, [name]);
      const now = await this.#load(client, name);
      const begun = now.lanes !== undefined || now.position > 0n;
      return begun ? lanesOf(name, now.lanes ?? 1) : divide(client, this.#sql, name, lanes);
    });
  }

  divide(name: string, lanes: number): Promise<readonly Lane[]> {
    checkLanes(name, lanes);
    return inTransaction(this.#pool, async (client) => {
      await this.#load(client, name);
      await client.query(this.#sql.lock, [name]);
      return divide(client, this.#sql, name, lanes);
    });
  }

  async report(name: string, report: SubscriptionReport): Promise<void> {
    const values = [name, report.appliedAt ?? null, report.lagMs ?? null, report.error ?? null];
    await inReadCommitted(this.#pool, (client) =>
      client.query(limited(this.#pool, this.#sql.report, values)),
    );
  }

  async changed(name: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    using news = notificationsOf(this.#pool).subscribe(changeChannel, `${this.#schema}.${name}`);
    await news.signal.next(timeoutMs, signal);
  }
}
