import {
  awaitPosition,
  type EventCodec,
  type EventStore,
  type Projection,
  type RemovedEntries,
} from '@banyan/runtime';
import type pg from 'pg';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { inTransaction, withClient } from '../transaction.ts';
import { type Alone, alone } from './alone.ts';
import { compareTable, type TableComparison } from './compare-tables.ts';
import { fillTables } from './fill-tables.ts';
import { enterNext, makeNextTables, tablesThere, writtenElsewhere } from './next-tables.ts';
import { cannotMeet, noTables, rebuildRuns, wroteElsewhere } from './rebuild-errors.ts';
import { type RebuildNames, rebuildNames } from './rebuild-names.ts';
import { switchToKept, switchToNext } from './switch-tables.ts';
import { TableBuild } from './table-build.ts';

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
  /** Compares the rows of both versions at one position before the switch; an instance of the version in use must be running. */
  readonly compare?: boolean;
  /** Builds, compares and drops the new version again; switches nothing. */
  readonly dryRun?: boolean;
  /** Switches only if the comparison finds no difference. */
  readonly onlyIfEqual?: boolean;
  /** Events that are read at once, default 2000; a transaction handles those of one lane among them. */
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
  /** Everything up to here is in the new version. */
  readonly position: bigint;
  readonly switched: boolean;
  readonly compared?: readonly TableComparison[];
  readonly tookMs: number;
  /** How long the version in use could not go on because of the switch, in milliseconds. */
  readonly heldMs: number;
}

/** What is left to do when everything waits must be so little. */
const closeMs = 500;
const meetMs = 20_000;
/** A hold lapses by itself, so that a rebuild that is killed stops nobody for long. */
const holdForMs = 60_000;
const switchAttempts = 5;

/**
 * Builds the read model of a projection anew, beside the one in use, and puts it in its place in one transaction, together with its
 * checkpoint and version. The old tables are kept, see `rollBackProjection`; those kept before are dropped. Needs three connections
 * and one for each lane.
 *
 * Handlers run with a search path that begins with the new tables, so they must name tables without a schema. An interrupted
 * rebuild has changed nothing; what it leaves behind the next one clears away.
 * @throws Invalid, NotFound with the reason why the projection can't be rebuilt; Unavailable `rebuild-behind`; Conflict `rebuild-runs`.
 */
export async function rebuildProjection(pool: pg.Pool, options: RebuildOptions): Promise<Rebuilt> {
  const { projection, schema = defaultSchema, tablesIn = 'public', signal } = options;
  if ((projection.tables ?? []).length === 0) throw noTables(projection.name);
  return alone(pool, { schema, projection: projection.name, signal }, async (right) => {
    const started = Date.now();
    const rebuild = new Rebuild(pool, { ...options, schema, tablesIn }, right);
    try {
      return { ...(await rebuild.run()), tookMs: Date.now() - started };
    } finally {
      await rebuild.clear();
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
  return alone(pool, { schema, projection }, (right) =>
    inTransaction(pool, async (client) => {
      if (!(await right.holds(client))) throw rebuildRuns(projection);
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
  readonly #options: RebuildOptions & { readonly schema: string; readonly tablesIn: string };
  readonly #right: Alone;
  readonly #names: RebuildNames;
  readonly #feed: EventStore;
  readonly #checkpoints: ReturnType<typeof postgresCheckpointStore>;

  constructor(pool: pg.Pool, options: RebuildOptions & { schema: string; tablesIn: string }, right: Alone) {
    const { schema, tablesIn, projection } = options;
    this.#pool = pool;
    this.#options = options;
    this.#right = right;
    this.#names = rebuildNames(projection.name, tablesIn);
    this.#feed = postgresEventStore(pool, { schema, codec: options.codec });
    this.#checkpoints = postgresCheckpointStore(pool, { schema });
  }

  async run(): Promise<Omit<Rebuilt, 'tookMs'>> {
    const { projection, compare, onlyIfEqual, dryRun } = this.#options;
    const { name, version = 1 } = projection;
    await this.#inOurRight((client) => makeNextTables(client, projection, this.#where));
    const build = this.#build(await this.#fill());
    try {
      await this.#catchUp(build);
      const compared = compare || onlyIfEqual ? await this.#compare(build) : undefined;
      const found = { projection: name, version, ...(compared && { compared }) };
      if (dryRun || (onlyIfEqual && !compared!.every(isEqual)))
        return { ...found, position: build.position, switched: false, heldMs: 0 };
      const heldMs = await this.#switch(build);
      return { ...found, position: build.position, switched: true, heldMs };
    } finally {
      await build.end();
    }
  }

  /** Removes what is left of the new version. */
  async clear(): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      if (await this.#right.holds(client))
        await client.query(`drop schema if exists ${quoteIdentifier(this.#names.next)} cascade`);
    });
  }

  get #where() {
    const { schema, tablesIn } = this.#options;
    return { schema, tablesIn, next: this.#names.next };
  }

  /** Only where events are stored as they are: no statement can decode them. */
  async #fill(): Promise<bigint> {
    const { projection, codec, removed, schema } = this.#options;
    const { fill } = projection;
    if (fill === undefined || codec !== undefined) return 0n;
    let position = 0n;
    await this.#inOurRight(async (client) => {
      await client.query(enterNext(this.#where));
      position = await fillTables(client, fill, { next: this.#names.next, schema, removed });
      await this.#check(client);
    });
    return position;
  }

  async #check(tx: pg.PoolClient): Promise<void> {
    const { name, tables = [] } = this.#options.projection;
    if (!(await this.#right.holds(tx))) throw rebuildRuns(name);
    const written = await writtenElsewhere(tx, this.#where);
    if (written.length > 0) throw wroteElsewhere(name, written, tables);
  }

  #build(after: bigint): TableBuild {
    const { projection, lanes = projection.lanes ?? 1, limit = 2_000, removed } = this.#options;
    return new TableBuild({
      pool: this.#pool,
      feed: this.#feed,
      projection,
      lanes,
      limit,
      removed,
      signal: this.#right.signal,
      begin: `begin isolation level read committed; ${enterNext(this.#where)}`,
      after,
      check: (tx) => this.#check(tx),
    });
  }

  /** Comes so close to the end that what is left takes a moment. */
  async #catchUp(build: TableBuild): Promise<void> {
    for (;;) {
      const began = Date.now();
      const head = await this.#feed.head();
      const told = setInterval(() => this.#options.onProgress?.({ position: build.position, head }), 1_000);
      await build.until(head).finally(() => clearInterval(told));
      if (Date.now() - began < closeMs) return;
    }
  }

  /** Holds the version in use where the new one is; both go on while what they have there is compared. */
  async #compare(build: TableBuild): Promise<readonly TableComparison[]> {
    const { projection, tablesIn } = this.#options;
    const { name, tables = [] } = projection;
    return withClient(this.#pool, async (client) => {
      try {
        // It does not move from here on, so the head is not before it.
        await this.#checkpoints.control(name, { holdAt: 0n, holdForMs });
        const position = await build.until(await this.#feed.head());
        await this.#checkpoints.control(name, { holdAt: position, holdForMs });
        const { signal } = this.#right;
        await awaitPosition(this.#checkpoints, name, position, { timeoutMs: meetMs, signal });
        await client.query('begin isolation level repeatable read read only; select 1');
      } finally {
        await this.#checkpoints.control(name, { holdAt: null });
      }
      try {
        const compared: TableComparison[] = [];
        for (const table of await tablesThere(client, tablesIn, tables))
          compared.push(await compareTable(client, table, tablesIn, this.#names.next));
        return compared;
      } finally {
        await client.query('rollback').catch(() => {});
      }
    });
  }

  /** Gives how long the version in use was stopped. */
  async #switch(build: TableBuild): Promise<number> {
    const { projection, schema, tablesIn } = this.#options;
    const { name, version = 1, lanes = 1, tables = [] } = projection;
    const what = { schema, projection: name, tablesIn, kept: this.#names.kept };
    // One that has never run is switched to as well.
    await this.#checkpoints.load(name);
    for (let attempt = 1; ; attempt += 1) {
      const began = Date.now();
      const next = { schema: this.#names.next, tables, version, lanes, meet: () => this.#meet(build) };
      try {
        await this.#inOurRight((client) => switchToNext(client, what, next));
        return Date.now() - began;
      } catch (error) {
        // Readers of the old tables, or a step of the old version, take longer than everybody else should wait for.
        const { code } = error as { code?: string };
        if (code !== 'postgres-lock-not-available' || attempt === switchAttempts) throw error;
      }
      await this.#catchUp(build);
    }
  }

  /** Comes to the end while the version in use can't go on. */
  async #meet(build: TableBuild): Promise<bigint> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(cannotMeet(this.#options.projection.name)), meetMs);
    });
    try {
      return await Promise.race([this.#feed.head().then((head) => build.until(head)), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #inOurRight(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    this.#right.signal.throwIfAborted();
    return inTransaction(this.#pool, async (client) => {
      if (!(await this.#right.holds(client))) throw rebuildRuns(this.#options.projection.name);
      await work(client);
    });
  }
}

function isEqual({ missing, extra }: TableComparison): boolean {
  return missing === 0 && extra === 0;
}
