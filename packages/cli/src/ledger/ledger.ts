import { connect, postgresEventStore, prepareDatabase } from '@banyan/postgres';
import { aggregateHandler, type EventStore, metadataAfter, Unavailable } from '@banyan/runtime';
import { pause } from '../migrate/lag-samples.ts';
import { emptyLedger, evolveLedger, type LedgerView, type MigrationView } from './ledger-view.ts';
import { migration } from './migration.ts';
import { route } from './routes/route.ts';
import { split } from './splits/split.ts';
import type { SplitView } from './splits/split-view.ts';
import type { TrafficObserved } from './traffic.ts';

type Commands = Parameters<ReturnType<typeof migrationHandler>['execute']>;
type SplitCommands = Parameters<ReturnType<typeof splitHandler>['execute']>;
type RouteCommands = Parameters<ReturnType<typeof routeHandler>['execute']>;

/** How long to wait before the ledger is read again after it could not be reached. */
const retryAfterMs = 500;
const answerWithinMs = 2_000;

const migrationHandler = (store: EventStore) => aggregateHandler({ store, aggregate: migration });
const splitHandler = (store: EventStore) => aggregateHandler({ store, aggregate: split });
const routeHandler = (store: EventStore) => aggregateHandler({ store, aggregate: route });

/** Waits for the ledger to say something. */
export interface Until {
  readonly timeoutMs: number;
  /** What is waited for, for the error: `20 replies compared`. */
  readonly what: string | (() => string);
  readonly signal?: AbortSignal;
}

/** The event-sourced record of every migration, with a view of it that follows. */
export interface Ledger extends AsyncDisposable {
  /** The newest state that was read. */
  view(): LedgerView;
  /** Whether its database answers now, within two seconds. */
  answers(): Promise<boolean>;
  migration(name: string): MigrationView | undefined;
  /** Runs a command of a migration and waits until the view shows its events. */
  execute(name: string, command: Commands[1], data: unknown): Promise<void>;
  /** Runs a command of a route and waits until the view shows its events; returns whether there were any. */
  executeRoute(name: string, command: RouteCommands[1], data: unknown): Promise<boolean>;
  split(name: string): SplitView | undefined;
  /** Runs a command of a split and waits until the view shows its events. */
  executeSplit(name: string, command: SplitCommands[1], data: unknown): Promise<void>;
  /** Appends what a proxy saw. */
  observe(traffic: TrafficObserved): Promise<void>;
  /** Resolves with the first answer of `look` that is not undefined, looking again after every change. */
  until<T>(look: (view: LedgerView) => T | undefined, options: Until): Promise<T>;
  /** Calls `listener` after every change, until the signal aborts. */
  onChange(listener: (view: LedgerView) => void, signal: AbortSignal): void;
}

/**
 * Opens a ledger, preparing its database on first use, and reads it to its end. It goes on following until it is disposed;
 * while the database can't be reached the view stays as it was.
 * @throws Unavailable when the database can't be reached at the start.
 */
export async function openLedger(databaseUrl: string): Promise<Ledger> {
  const pool = connect(databaseUrl, { max: 4, applicationName: 'banyan-ledger' });
  try {
    await prepareDatabase(pool);
    const store = postgresEventStore(pool);
    const follower = followLedger(store);
    await follower.reach(await store.head(), 30_000);
    return ledgerOver(store, follower, async () => {
      await follower.stop();
      await pool.end();
    });
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function ledgerOver(store: EventStore, follower: Follower, close: () => Promise<void>): Ledger {
  const handler = migrationHandler(store);
  const routes = routeHandler(store);
  const splits = splitHandler(store);
  return {
    view: follower.view,
    async answers() {
      const head = store.head().then(
        () => true,
        () => false,
      );
      const late = new AbortController();
      const inTime = pause(answerWithinMs, late.signal).then(() => false);
      return Promise.race([head, inTime]).finally(() => late.abort());
    },
    migration: (name) => follower.view().migrations[name],
    until: follower.until,
    onChange: follower.onChange,
    async execute(name, command, data) {
      const { position } = await handler.execute(name, command, data as Commands[2]);
      await follower.reach(position, 30_000);
    },
    async executeRoute(name, command, data) {
      const { position, events } = await routes.execute(name, command, data as RouteCommands[2]);
      await follower.reach(position, 30_000);
      return events.length > 0;
    },
    split: (name) => follower.view().splits[name],
    async executeSplit(name, command, data) {
      const { position } = await splits.execute(name, command, data as SplitCommands[2]);
      await follower.reach(position, 30_000);
    },
    async observe(traffic) {
      const event = {
        type: 'TrafficObserved',
        data: traffic,
        schemaVersion: 1,
        metadata: metadataAfter(undefined),
      };
      await store.append([{ streamId: `traffic-${traffic.instance}`, expected: 'any', events: [event] }]);
    },
    [Symbol.asyncDispose]: close,
  };
}

type Follower = ReturnType<typeof followLedger>;

function followLedger(store: EventStore) {
  const stopping = new AbortController();
  const listeners = new Set<(view: LedgerView) => void>();
  let view = emptyLedger;

  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        for await (const batch of store.read({ after: view.position, signal: stopping.signal })) {
          for (const event of batch.entries) view = evolveLedger(view, event);
          if (batch.entries.length > 0) for (const listener of [...listeners]) listener(view);
        }
      } catch {
        // The last known routes stay in force; what was missed is read when the database answers again.
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs).unref());
      }
    }
  }

  function onChange(listener: (view: LedgerView) => void, signal: AbortSignal): void {
    listeners.add(listener);
    signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
  }

  function until<T>(look: (view: LedgerView) => T | undefined, options: Until): Promise<T> {
    const done = new AbortController();
    return new Promise<T>((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', aborted);
        done.abort();
        act();
      };
      const aborted = () => settle(() => reject(options.signal?.reason));
      const timer = setTimeout(() => {
        const waited = Math.round(options.timeoutMs / 1000);
        settle(() =>
          reject(
            new Unavailable(
              'evidence-timeout',
              `Waited ${waited} s in vain for ${typeof options.what === 'string' ? options.what : options.what()}.`,
            ),
          ),
        );
      }, options.timeoutMs);
      const check = (current: LedgerView) => {
        try {
          const found = look(current);
          if (found !== undefined) settle(() => resolve(found));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      options.signal?.addEventListener('abort', aborted, { once: true });
      if (options.signal?.aborted) return aborted();
      onChange(check, done.signal);
      check(view);
    });
  }

  const following = follow();
  return {
    view: () => view,
    onChange,
    until,
    reach: (position: bigint, timeoutMs: number) =>
      until((now) => (now.position >= position ? true : undefined), {
        timeoutMs,
        what: 'the ledger to be read',
      }),
    async stop() {
      stopping.abort();
      await following;
    },
  };
}
