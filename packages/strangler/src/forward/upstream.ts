import { type Dispatcher, Pool } from 'undici';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { Breaker } from './breaker.ts';
import { UpstreamFailure } from './failure.ts';

/** A request that waits for a connection. */
interface Waiting {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: UpstreamHandler;
  readonly until: number;
}

/** What receives a reply. Exactly one of `onError`, `onComplete` and `onUpgrade` is called,
 * and it calls `done` on the upstream before anything else. */
export type UpstreamHandler = Dispatcher.DispatchHandler & { onError(error: Error): void };

/**
 * One origin: a bounded number of connections and a bounded queue for them. The queue is here and not in the pool, so
 * that it has an end, a time-out, and forgets requests whose client is gone.
 */
export class Upstream {
  readonly name: string;
  readonly breaker: Breaker;
  readonly #pool: Pool;
  readonly #limits: ProxyLimits;
  readonly #waiting = new Set<Waiting>();
  #active = 0;
  #pumping = false;
  #queueTimer: NodeJS.Timeout | undefined;
  tunnels = 0;

  constructor(name: string, url: string, limits: ProxyLimits, breaker: Breaker) {
    this.name = name;
    this.breaker = breaker;
    this.#limits = limits;
    this.#pool = new Pool(new URL(url).origin, {
      connections: limits.connectionsPerUpstream,
      pipelining: 1,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      bodyTimeout: limits.bodyMs,
      connect: { timeout: limits.connectMs },
    });
  }

  /** Whether nothing is under way or waiting. */
  get idle(): boolean {
    return this.#active === 0 && this.#waiting.size === 0 && this.tunnels === 0;
  }

  /**
   * Sends a request now or when a connection is free. Where it has to wait, returns what takes it out of the queue
   * again (false: it has left the queue already).
   */
  send(options: Dispatcher.DispatchOptions, handler: UpstreamHandler): (() => boolean) | undefined {
    if (!this.saturated) {
      this.#active++;
      this.#pool.dispatch(options, handler);
      return undefined;
    }
    if (this.#waiting.size >= this.#limits.queuePerUpstream) {
      this.#refuse(handler, this.#overloaded());
      return undefined;
    }
    const waiting: Waiting = { options, handler, until: performance.now() + this.#limits.queueMs };
    this.#waiting.add(waiting);
    this.#watchQueue();
    return () => this.#waiting.delete(waiting);
  }

  /** A request has ended: its connection is free for the next one. */
  done(): void {
    this.#active--;
    if (this.#waiting.size === 0 || this.#pumping) return;
    this.#pumping = true;
    // Not at once: this may be called from within the parser of a reply, and a dispatch may read from a connection.
    queueMicrotask(() => this.#pump());
  }

  /** Whether a request sent now would have to wait. */
  get saturated(): boolean {
    return this.#active >= this.#limits.connectionsPerUpstream;
  }

  /** Lets what is under way finish, then closes all connections. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Breaks off whatever is under way. */
  destroy(): Promise<void> {
    clearTimeout(this.#queueTimer);
    const error = new UpstreamFailure('unreachable', 'The proxy is shutting down.');
    for (const waiting of [...this.#waiting]) {
      this.#waiting.delete(waiting);
      this.#refuse(waiting.handler, error);
    }
    return this.#pool.destroy(error);
  }

  #pump(): void {
    this.#pumping = false;
    for (const next of this.#waiting) {
      if (this.saturated) return;
      this.#waiting.delete(next);
      this.#active++;
      this.#pool.dispatch(next.options, next.handler);
    }
  }

  /** The handler calls `done` as for any other error, so it must be counted as under way. */
  #refuse(handler: UpstreamHandler, failure: UpstreamFailure): void {
    this.#active++;
    handler.onError(failure);
  }

  #watchQueue(): void {
    if (this.#queueTimer !== undefined) return;
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#queueTimer = setTimeout(() => this.#expire(), Math.max(1, first.until - performance.now()));
    this.#queueTimer.unref();
  }

  #expire(): void {
    this.#queueTimer = undefined;
    const now = performance.now();
    for (const waiting of [...this.#waiting]) {
      if (waiting.until > now) break;
      this.#waiting.delete(waiting);
      this.#refuse(waiting.handler, this.#overloaded());
    }
    this.#watchQueue();
  }

  #overloaded(): UpstreamFailure {
    const { connectionsPerUpstream, queuePerUpstream, queueMs } = this.#limits;
    return new UpstreamFailure(
      'overloaded',
      `All connections to the upstream "${this.name}" are in use (limit \`connectionsPerUpstream\`: ${connectionsPerUpstream}), and ` +
        `too many requests wait or one has waited too long (limits \`queuePerUpstream\`: ${queuePerUpstream}, \`queueMs\`: ${queueMs}). ` +
        'Try again later.',
    );
  }
}
