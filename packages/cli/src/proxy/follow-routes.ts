import type { ProxyLog, RouteTable } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import type { LedgerView } from '../ledger/ledger-view.ts';
import { routeTable } from '../ledger/route-table.ts';
import { pause } from '../migrate/lag-samples.ts';
import { type KeptTable, keptTable } from './kept-table.ts';

const tryAgainMs = 1_000;
/** How long the first try may take where there are kept routes to go on with. */
const patienceMs = 5_000;

/** The routes as the ledger tells them, or as it told them last. */
export interface FollowedRoutes extends AsyncDisposable {
  /** The newest table that is known. */
  readonly table: RouteTable;
  /** Undefined while the ledger was never reached since the start. */
  readonly ledger: Ledger | undefined;
  /** Calls `listener` with the ledger once it is reached. */
  onLedger(listener: (ledger: Ledger) => void): void;
}

/**
 * Follows the ledger. Where it can't be reached at the start, the routes that were kept in the file are used until it can.
 * @throws Unavailable when the ledger can't be reached and nothing was kept.
 */
export async function followRoutes(config: BanyanConfig, log: ProxyLog): Promise<FollowedRoutes> {
  const kept = keptTable(config.proxy.state);
  const last = kept.read();
  if (last === undefined)
    return new Following(config, { kept, log }, await openLedger(config.ledger.database));
  const opening = openLedger(config.ledger.database);
  const ledger = await Promise.race([opening, pause(patienceMs, new AbortController().signal)]).catch(
    () => undefined,
  );
  if (ledger !== undefined) return new Following(config, { kept, log }, ledger);
  opening.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
  const message = `The ledger can't be reached; the routes of revision ${last.revision}, kept in ${config.proxy.state}, go on.`;
  log({ level: 'warn', event: 'ledger-unreachable', message });
  return new Following(config, { kept, log }, last);
}

class Following implements FollowedRoutes {
  readonly #config: BanyanConfig;
  readonly #kept: KeptTable;
  readonly #log: ProxyLog;
  readonly #closing = new AbortController();
  readonly #listeners: ((ledger: Ledger) => void)[] = [];
  readonly #trying: Promise<void>;
  #table: RouteTable;
  #ledger: Ledger | undefined;

  constructor(config: BanyanConfig, use: { kept: KeptTable; log: ProxyLog }, from: Ledger | RouteTable) {
    this.#config = config;
    this.#kept = use.kept;
    this.#log = use.log;
    if ('view' in from) {
      this.#table = routeTable(config, from.view());
      this.#trying = Promise.resolve();
      this.#follow(from);
      this.#keep();
    } else {
      this.#table = from;
      this.#trying = this.#tryAgain();
    }
  }

  get table(): RouteTable {
    return this.#table;
  }

  get ledger(): Ledger | undefined {
    return this.#ledger;
  }

  onLedger(listener: (ledger: Ledger) => void): void {
    if (this.#ledger === undefined) this.#listeners.push(listener);
    else listener(this.#ledger);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#trying;
    await this.#ledger?.[Symbol.asyncDispose]();
  }

  async #tryAgain(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await pause(tryAgainMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      const ledger = await openLedger(this.#config.ledger.database).catch(() => undefined);
      if (ledger === undefined) continue;
      this.#log({ level: 'info', event: 'ledger-reached', message: 'The ledger answers again.' });
      this.#follow(ledger);
      this.#adopt(ledger.view());
      for (const listener of this.#listeners.splice(0)) listener(ledger);
      return;
    }
  }

  #follow(ledger: Ledger): void {
    this.#ledger = ledger;
    ledger.onChange((view) => this.#adopt(view), this.#closing.signal);
  }

  #adopt(view: LedgerView): void {
    const next = routeTable(this.#config, view);
    if (next.revision === this.#table.revision) return;
    this.#table = next;
    this.#keep();
  }

  #keep(): void {
    try {
      this.#kept.write(this.#table);
    } catch (cause) {
      // The routes are in effect all the same; only a start without the ledger would not know them.
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#log({
        level: 'warn',
        event: 'routes-not-kept',
        message: `The routes could not be kept: ${reason}`,
      });
    }
  }
}
