import type { UpstreamState } from '../operations/proxy-state.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import { TimeOuts } from '../wire/time-outs.ts';
import { Attempt } from './attempt.ts';
import type { Breaker } from './breaker.ts';
import type { ConnectionLost } from './connection-lost.ts';
import { toUpstreamFailure, UpstreamFailure } from './failure.ts';
import { type ConnectionOwner, UpstreamConnection } from './upstream-connection.ts';
import type { ReplyHandler, UpstreamRequest } from './upstream-request.ts';
import { WaitingLine } from './waiting-line.ts';

/** One origin: a bounded number of connections, each with one request at a time, and a bounded queue for them. */
export class Upstream implements ConnectionOwner {
  readonly name: string;
  /** For a candidate, in whose place the owner can answer. */
  readonly breaker: Breaker;
  /** For an upstream in whose place nobody can answer: a client is told at once, and the upstream gets a rest. */
  readonly guard: Breaker;
  readonly limits: ProxyLimits;
  /** For whole replies of a candidate, and those that are asked for to compare. */
  readonly timeOuts: TimeOuts;
  readonly authority: string;
  readonly #url: URL;
  readonly #open = new Set<UpstreamConnection>();
  /** The one used last is taken first, so that those not needed grow old and close. */
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting = new WaitingLine();
  readonly #leaveQueue = (attempt: Attempt) => this.#waiting.remove(attempt);
  #queueTimer: NodeJS.Timeout | undefined;
  #closing = false;
  tunnels = 0;

  constructor(
    name: string,
    url: string,
    limits: ProxyLimits,
    { breaker, guard }: { readonly breaker: Breaker; readonly guard: Breaker },
  ) {
    this.name = name;
    this.breaker = breaker;
    this.guard = guard;
    this.limits = limits;
    this.timeOuts = new TimeOuts(limits.candidateMs);
    this.#url = new URL(url);
    this.authority = this.#url.host;
  }

  /** Whether nothing is under way or waiting. */
  get idle(): boolean {
    return this.#open.size === this.#idle.length && this.#waiting.size === 0 && this.tunnels === 0;
  }

  /** Whether a request sent now would have to wait. */
  get saturated(): boolean {
    return this.#idle.length === 0 && this.#open.size >= this.limits.connectionsPerUpstream;
  }

  /** What it does at the moment. */
  get state(): UpstreamState {
    const idle = this.#idle.length;
    const active = this.#open.size - idle;
    const open = this.guard.isOpen || this.breaker.isOpen;
    return { name: this.name, active, idle, queued: this.#waiting.size, tunnels: this.tunnels, open };
  }

  /** Sends a request now or when a connection is free. The handler is told what comes of it. */
  send(request: UpstreamRequest, handler: ReplyHandler): Attempt {
    const attempt = new Attempt(request, handler, this.#leaveQueue);
    const connection = this.#idle.pop();
    if (connection !== undefined) connection.send(attempt);
    else if (this.#open.size < this.limits.connectionsPerUpstream) this.#connect().send(attempt);
    else if (this.#waiting.size < this.limits.queuePerUpstream) this.#queue(attempt);
    else queueMicrotask(() => this.#failed(attempt, this.#overloaded()));
    return attempt;
  }

  /** Lets what is under way finish, then closes all connections. */
  close(): void {
    this.#closing = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Breaks off whatever is under way. */
  destroy(): void {
    this.#closing = true;
    clearTimeout(this.#queueTimer);
    const error = new UpstreamFailure('unreachable', 'The proxy is shutting down.');
    // Counted beforehand: whoever hears of it may ask somebody else.
    for (let left = this.#waiting.size; left > 0; left--) this.#failed(this.#waiting.first!, error);
    for (const connection of [...this.#open]) connection.destroy();
  }

  free(connection: UpstreamConnection): void {
    const next = this.#waiting.first;
    if (next !== undefined) {
      this.#waiting.remove(next);
      connection.send(next);
    } else if (this.#closing) connection.destroy();
    else this.#idle.push(connection);
  }

  lost(connection: UpstreamConnection, attempt: Attempt | undefined, error: ConnectionLost): void {
    this.#forget(connection);
    if (attempt !== undefined) this.#failed(attempt, toUpstreamFailure(this.name, error));
  }

  switched(connection: UpstreamConnection): void {
    this.#forget(connection);
  }

  /** Its place is free for another one. */
  #forget(connection: UpstreamConnection): void {
    this.#open.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    const next = this.#waiting.first;
    if (next === undefined || this.#open.size >= this.limits.connectionsPerUpstream) return;
    this.#waiting.remove(next);
    this.#connect().send(next);
  }

  #connect(): UpstreamConnection {
    const connection = new UpstreamConnection(this.#url, this);
    this.#open.add(connection);
    return connection;
  }

  #failed(attempt: Attempt, failure: UpstreamFailure): void {
    this.#waiting.remove(attempt);
    if (attempt.over) return;
    attempt.over = true;
    attempt.handler.onFailure(failure);
  }

  #queue(attempt: Attempt): void {
    attempt.queuedUntil = performance.now() + this.limits.queueMs;
    this.#waiting.add(attempt);
    this.#watchQueue();
  }

  #watchQueue(): void {
    if (this.#queueTimer !== undefined) return;
    const { first } = this.#waiting;
    if (first === undefined) return;
    this.#queueTimer = setTimeout(() => this.#expire(), Math.max(1, first.queuedUntil - performance.now()));
    this.#queueTimer.unref();
  }

  #expire(): void {
    this.#queueTimer = undefined;
    const now = performance.now();
    for (
      let next = this.#waiting.first;
      next !== undefined && next.queuedUntil <= now;
      next = this.#waiting.first
    ) {
      this.#failed(next, this.#overloaded());
    }
    this.#watchQueue();
  }

  #overloaded(): UpstreamFailure {
    const { connectionsPerUpstream, queuePerUpstream, queueMs } = this.limits;
    return new UpstreamFailure(
      'overloaded',
      `All connections to the upstream "${this.name}" are in use (limit \`connectionsPerUpstream\`: ${connectionsPerUpstream}), and ` +
        `too many requests wait or one has waited too long (limits \`queuePerUpstream\`: ${queuePerUpstream}, \`queueMs\`: ${queueMs}). ` +
        'Try again later.',
    );
  }
}
