import { randomUUID } from 'node:crypto';
import {
  applyEvents,
  awaitPosition,
  type EventCodec,
  type EventStore,
  type Lease,
  type Projection,
  type RecordedEvent,
  type RemovedEntries,
  type Schemas,
  type Subscription,
  subscribe,
} from '@banyan/runtime';
import type pg from 'pg';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { postgresLeaseStore } from '../lease/postgres-lease-store.ts';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { inTransaction, withClient } from '../transaction.ts';
import { compareTable, type TableComparison } from './compare-tables.ts';
import { makeNextTables, searchIn, tablesThere, writtenElsewhere } from './next-tables.ts';
import { cannotMeet, noTables, rebuildRuns, wroteElsewhere } from './rebuild-errors.ts';
import { type RebuildNames, rebuildNames } from './rebuild-names.ts';
import { switchToKept, switchToNext } from './switch-tables.ts';

/** What to rebuild, and how. */
export interface RebuildOptions {
  // biome-ignore lint/suspicious/noExplicitAny: a projection of any contract; its handlers are typed where it is declared.
  readonly projection: Projection<any, pg.PoolClient>;
  /** The schema of Banyan's tables, default `banyan`. */
  readonly schema?: string;
  /** The schema of the read model's tables, default `public`. */
  readonly tablesIn?: string;
  /** Lanes to build in, default those that the projection can stand. */
  readonly lanes?: number;
  /** Compares the rows of both versions at one position before the switch. */
  readonly compare?: boolean;
  /** Builds, compares and drops the new version again; switches nothing. */
  readonly dryRun?: boolean;
  /** Events per transaction, default 500. */
  readonly limit?: number;
  /** What stands between the events and their rows, as it is given to `postgresEventStore`. */
  readonly codec?: EventCodec;
  /** Whether it may be built without events that were removed, default `refuse`. */
  readonly removed?: RemovedEntries;
  /** Hears how far it has got, about once a second. */
  readonly onProgress?: (progress: { readonly position: bigint; readonly head: bigint }) => void;
  readonly signal?: AbortSignal;
}

/** What a rebuild did. */
export interface Rebuilt {
  readonly projection: string;
  readonly version: number;
  /** Both versions were at this position when they were switched. */
  readonly position: bigint;
  readonly switched: boolean;
  readonly compared?: readonly TableComparison[];
  readonly tookMs: number;
  /** How long the version in use was held for the switch, in milliseconds. */
  readonly heldMs: number;
}

const leaseMs = 30_000;
const meetMs = 20_000;
/** A hold lapses by itself, so that a rebuild that is killed stops nobody for long. */
const holdForMs = 60_000;

/**
 * Builds the read model of a projection anew, beside the one in use, and puts it in its place in one transaction, together with its
 * checkpoint and version. The old tables are kept, see `rollBackProjection`; those kept before are dropped.
 *
 * Handlers run with a search path that begins with the new tables, so they must name tables without a schema. An interrupted
 * rebuild has changed nothing; the next one begins anew.
 * @throws Invalid, NotFound with the reason why the projection can't be rebuilt; Unavailable `rebuild-behind`; Conflict `rebuild-runs`.
 */
export async function rebuildProjection(pool: pg.Pool, options: RebuildOptions): Promise<Rebuilt> {
  const { projection, schema = defaultSchema, tablesIn = 'public' } = options;
  if ((projection.tables ?? []).length === 0) throw noTables(projection.name);
  const names = rebuildNames(projection.name, tablesIn);
  return alone(pool, schema, projection.name, async (signal) => {
    const started = Date.now();
    await inTransaction(pool, async (client) => {
      await makeNextTables(client, projection, { next: names.next, tablesIn });
      await forget(client, schema, names.checkpoint);
    });
    const both = options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]);
    const run = new Rebuild(pool, { ...options, signal: both }, names, schema, tablesIn);
    try {
      const result = await run.build();
      return { ...result, tookMs: Date.now() - started };
    } finally {
      await run.clear();
    }
  });
}

/**
 * Puts the version of a projection that was kept back in its place, tables and checkpoints, and keeps the one that it replaces; it
 * goes on from where it was. Gives its version.
 * @throws NotFound `nothing-kept`
 */
export async function rollBackProjection(
  pool: pg.Pool,
  projection: string,
  options: { readonly schema?: string } = {},
): Promise<number | undefined> {
  const { schema = defaultSchema } = options;
  return alone(pool, schema, projection, () =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ tables_in: string; kept_in: string }>(
        `select tables_in, kept_in from ${quoteIdentifier(schema)}.kept_projections where name = $1`,
        [projection],
      );
      const [{ tables_in: tablesIn, kept_in: kept } = { tables_in: 'public', kept_in: '' }] = rows;
      return switchToKept(client, { schema, projection, tablesIn, kept });
    }),
  );
}

class Rebuild {
  readonly #pool: pg.Pool;
  readonly #options: RebuildOptions;
  readonly #names: RebuildNames;
  readonly #schema: string;
  readonly #tablesIn: string;
  readonly #feed: EventStore;
  readonly #checkpoints: ReturnType<typeof postgresCheckpointStore>;
  #held = false;

  constructor(pool: pg.Pool, options: RebuildOptions, names: RebuildNames, schema: string, tablesIn: string) {
    this.#pool = pool;
    this.#options = options;
    this.#names = names;
    this.#schema = schema;
    this.#tablesIn = tablesIn;
    this.#feed = postgresEventStore(pool, { schema, codec: options.codec });
    this.#checkpoints = postgresCheckpointStore(pool, { schema });
  }

  async build(): Promise<Omit<Rebuilt, 'tookMs'>> {
    const { projection, compare = false, dryRun = false } = this.#options;
    const { name, version = 1, tables = [] } = projection;
    const building = this.#start();
    // It fails where it is awaited.
    building.done.catch(() => {});
    try {
      await this.#catchUp(building);
      const heldFrom = Date.now();
      const position = await this.#meet(building, compare);
      await building.stop();
      const compared = compare ? await this.#compare() : undefined;
      if (!dryRun) {
        const what = {
          schema: this.#schema,
          projection: name,
          tablesIn: this.#tablesIn,
          kept: this.#names.kept,
        };
        const { lanes = 1 } = projection;
        const next = { schema: this.#names.next, tables, version, position, lanes };
        await inTransaction(this.#pool, (client) => switchToNext(client, what, next));
        this.#held = false;
      }
      const heldMs = Date.now() - heldFrom;
      return {
        projection: name,
        version,
        position,
        switched: !dryRun,
        heldMs,
        ...(compared && { compared }),
      };
    } finally {
      await building.stop();
    }
  }

  /** Lets the version in use go on and removes what is left of the new one. */
  async clear(): Promise<void> {
    if (this.#held) await this.#checkpoints.control(this.#options.projection.name, { holdAt: null });
    await inTransaction(this.#pool, async (client) => {
      await client.query(`drop schema if exists ${quoteIdentifier(this.#names.next)} cascade`);
      await forget(client, this.#schema, this.#names.checkpoint);
    });
  }

  #start(): Subscription {
    const { projection, lanes = projection.lanes ?? 1, limit = 500, removed, signal } = this.#options;
    const { tables = [] } = projection;
    return subscribe<RecordedEvent, pg.PoolClient>({
      name: this.#names.checkpoint,
      feed: this.#feed,
      checkpoints: this.#checkpoints,
      lanes,
      limit,
      removed,
      signal,
      handle: async (events, tx) => {
        await searchIn(tx, this.#names.next, this.#tablesIn);
        await applyEvents<Schemas, pg.PoolClient>(projection, events, tx, { rebuilding: true });
        const written = await writtenElsewhere(tx, { next: this.#names.next, schema: this.#schema });
        if (written.length > 0) throw wroteElsewhere(projection.name, written, tables);
      },
    });
  }

  /** Comes so close to the end that what is left takes a moment. */
  async #catchUp(building: Subscription): Promise<void> {
    for (;;) {
      const head = await this.#feed.head();
      const began = Date.now();
      while (!(await this.#reached(building, head, 1_000))) {
        const { position } = await this.#checkpoints.load(this.#names.checkpoint);
        this.#options.onProgress?.({ position, head });
      }
      if (Date.now() - began < 500) return;
    }
  }

  /** Holds both versions at the end of the feed and waits for the new one to get there, and for the old one where that is asked for. */
  async #meet(building: Subscription, both: boolean): Promise<bigint> {
    const { name } = this.#options.projection;
    // Nobody moves from here on, so the head is not before anybody.
    this.#held = true;
    await this.#checkpoints.control(name, { holdAt: 0n, holdForMs });
    await this.#checkpoints.control(this.#names.checkpoint, { holdAt: 0n });
    const end = await this.#feed.head();
    await this.#checkpoints.control(this.#names.checkpoint, { holdAt: end });
    if (both) await this.#checkpoints.control(name, { holdAt: end, holdForMs });
    if (!(await this.#reached(building, end, meetMs))) throw cannotMeet(name);
    if (both) await awaitPosition(this.#checkpoints, name, end, { timeoutMs: meetMs });
    return end;
  }

  /** Whether the new version has got there in time. */
  async #reached(building: Subscription, position: bigint, timeoutMs: number): Promise<boolean> {
    const { signal } = this.#options;
    const options = { timeoutMs, signal };
    const arrived = awaitPosition(this.#checkpoints, this.#names.checkpoint, position, options).then(
      () => true,
      () => false,
    );
    const reached = await Promise.race([arrived, building.done.then(() => false)]);
    signal?.throwIfAborted();
    return reached;
  }

  #compare(): Promise<readonly TableComparison[]> {
    const { tables = [] } = this.#options.projection;
    return withClient(this.#pool, async (client) => {
      const compared: TableComparison[] = [];
      for (const table of await tablesThere(client, this.#tablesIn, tables))
        compared.push(await compareTable(client, table, this.#tablesIn, this.#names.next));
      return compared;
    });
  }
}

async function forget(client: pg.PoolClient, schema: string, checkpoint: string): Promise<void> {
  await client.query(`delete from ${quoteIdentifier(schema)}.subscriptions where name = $1 or lane_of = $1`, [
    checkpoint,
  ]);
}

/** Runs `work` while nobody else rebuilds this projection; its signal aborts when that can't be said any more. */
async function alone<Result>(
  pool: pg.Pool,
  schema: string,
  projection: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const leases = postgresLeaseStore(pool, { schema });
  const lease = await leases.acquire({ group: 'rebuilds', name: projection }, randomUUID(), leaseMs);
  if (lease === undefined) throw rebuildRuns(projection);
  const lost = new AbortController();
  const renewing = setInterval(() => void renew(lease, lost), leaseMs / 3);
  const renew = async (held: Lease, end: AbortController) => {
    // While the database is away nothing can be changed either.
    const renewed = await leases.renew([held], leaseMs).catch(() => [held]);
    if (renewed.length === 0) end.abort(rebuildRuns(projection));
  };
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(renewing);
    await leases.release([lease]).catch(() => {});
  }
}
