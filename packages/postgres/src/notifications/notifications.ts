import pg from 'pg';
import { isPooled } from '../is-pooled.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { WakeSignal } from './wake-signal.ts';

/** A reader's ear; dispose of it to stop hearing. */
export interface Subscribed extends Disposable {
  readonly signal: WakeSignal;
}

interface Ear {
  readonly channel: string;
  readonly payload: string;
  readonly signal: WakeSignal;
}

const attendMs = 500;
const lingerMs = 10_000;
/** A standby lets nobody listen; it is asked again now and then, because it may be promoted. */
const standbyMs = 30_000;
const readOnly = '25006';

const ofPool = new WeakMap<pg.Pool, Notifications>();

/** The listener that everything on this pool shares, so that it costs one connection. */
export function notificationsOf(pool: pg.Pool): Notifications {
  let found = ofPool.get(pool);
  if (found === undefined) {
    found = new Notifications(pool);
    ofPool.set(pool, found);
  }
  return found;
}

/**
 * Listens on one connection while anybody is subscribed. The connection is not the pool's: a pool can't end while one of
 * its own is lent out. It keeps no process alive, and closes when the pool ends or some time after the last reader has gone. Through a
 * pooler like pgbouncer nothing is heard, and readers are left to their polling.
 */
export class Notifications {
  readonly #pool: pg.Pool;
  readonly #ears = new Set<Ear>();
  readonly #listening = new Set<string>();
  #client: pg.Client | undefined;
  #connecting = false;
  #pooled = false;
  #usedAt = 0;
  #quietUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Hears the notifications of `channel` whose payload is `payload`, from soon on; the first wake says that it has begun. */
  subscribe(channel: string, payload: string): Subscribed {
    const ear: Ear = { channel, payload, signal: new WakeSignal() };
    this.#ears.add(ear);
    this.#usedAt = Date.now();
    this.#timer ??= setInterval(() => this.#attend(), attendMs).unref();
    if (this.#client === undefined || !this.#listening.has(channel)) this.#attend();
    return {
      signal: ear.signal,
      [Symbol.dispose]: () => {
        this.#ears.delete(ear);
        this.#usedAt = Date.now();
      },
    };
  }

  /** Brings the connection to where it should be: open, reconnected, listening to what is asked for, or closed. */
  #attend(): void {
    const unused = this.#ears.size === 0 && Date.now() - this.#usedAt > lingerMs;
    if (unused || this.#pool.ending || this.#pool.ended) this.#close();
    else this.#open();
  }

  #open(): void {
    if (this.#connecting || this.#pooled || this.#ears.size === 0 || Date.now() < this.#quietUntil) return;
    this.#connecting = true;
    // What fails is tried again at the next turn; readers poll in the meantime.
    this.#listen()
      .catch((error: { code?: unknown }) => {
        if (error.code === readOnly) this.#quietUntil = Date.now() + standbyMs;
        this.#drop();
      })
      .finally(() => {
        this.#connecting = false;
      });
  }

  async #listen(): Promise<void> {
    const client = this.#client ?? (await this.#connect());
    if (this.#pooled) return;
    for (const { channel } of [...this.#ears]) {
      if (this.#listening.has(channel)) continue;
      await client.query(`listen ${quoteIdentifier(channel)}`);
      this.#listening.add(channel);
      // What was sent before is lost: look.
      for (const ear of this.#ears) if (ear.channel === channel) ear.signal.wake();
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client(this.#pool.options);
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    client.on('notification', ({ channel, payload }) => {
      for (const ear of this.#ears) if (ear.channel === channel && ear.payload === payload) ear.signal.wake();
    });
    await client.connect();
    (client as unknown as { unref(): void }).unref();
    this.#client = client;
    this.#pooled = await isPooled(client);
    if (this.#pooled) this.#drop();
    return client;
  }

  #drop(client = this.#client): void {
    if (client === undefined || client !== this.#client) return;
    this.#client = undefined;
    this.#listening.clear();
    void client.end().catch(() => undefined);
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#drop();
  }
}
