import type { Capture } from '../shadow/capture.ts';
import type { Attempt } from '../upstream/attempt.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ReplyHandler } from '../upstream/upstream-request.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { Exchange } from './exchange.ts';

const idempotentReads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Streams a reply to the client as it comes: the owner's, that of everything that no route matches, and a candidate's that
 * nobody stands in for.
 */
export class OwnerReply implements ReplyHandler {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  /** Copies the reply on its way, where it will be compared. */
  readonly #capture: Capture | undefined;
  readonly #startedAt = performance.now();
  readonly #side: 'owner' | 'candidate';
  #attempt: Attempt | undefined;
  #status = 0;
  #retried = false;

  constructor(
    exchange: Exchange,
    upstream: Upstream,
    { capture, side = 'owner' }: { capture?: Capture | undefined; side?: 'owner' | 'candidate' } = {},
  ) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#capture = capture;
    this.#side = side;
  }

  /** Asks the owner. */
  start(): void {
    const exchange = this.#exchange;
    if (exchange.clientGone) {
      this.#gone();
      return;
    }
    if (!this.#upstream.guard.allows(this.#startedAt)) {
      this.#capture?.abandon();
      exchange.problem(leftAlone(this.#upstream), this.#upstream.name);
      return;
    }
    exchange.context.totals.asked(this.#upstream.name, 'requests');
    exchange.cancel = () => this.#gone();
    exchange.resume = () => this.#attempt?.resume();
    this.#attempt = this.#upstream.send(exchange.upstreamRequest, this);
  }

  onInterim(head: ReplyHead): void {
    this.#exchange.interim(head);
  }

  onHead(head: ReplyHead): void {
    this.#status = head.status;
    this.#upstream.guard.succeeded();
    this.#exchange.head(this.#upstream.name, head);
    this.#capture?.head(head);
  }

  onData(piece: Buffer): boolean {
    this.#capture?.data(piece);
    return this.#exchange.data(piece);
  }

  onEnd(trailers: readonly string[] | undefined): void {
    this.#exchange.end(trailers);
    const serverError = this.#status >= 500;
    if (serverError) {
      this.#exchange.context.totals.asked(this.#upstream.name, 'serverErrors');
      this.#exchange.context.totals.failed('serverErrors');
    }
    this.#record(serverError);
    this.#capture?.complete();
  }

  onFailure(failure: UpstreamFailure): void {
    const exchange = this.#exchange;
    if (failure.unheard && this.#mayRetry()) {
      this.#retried = true;
      this.#attempt = this.#upstream.send(exchange.upstreamRequest, this);
      return;
    }
    // A queue that is full, and a reply that began, say nothing about whether it can be reached.
    if (failure.kind === 'overloaded' || this.#status !== 0) this.#upstream.guard.unknown();
    else this.#upstream.guard.failed(performance.now());
    this.#capture?.abandon();
    exchange.context.totals.asked(this.#upstream.name, 'failures');
    this.#record(true);
    if (this.#status !== 0) exchange.broken();
    else exchange.problem(failure, this.#upstream.name);
  }

  #gone(): void {
    if (this.#attempt !== undefined) this.#upstream.guard.unknown();
    this.#attempt?.abort();
    this.#capture?.abandon();
    this.#exchange.context.totals.count('clientAborts');
  }

  /** A read of which nothing was seen yet may be sent again, once; anything else is sent once and never again. */
  #mayRetry(): boolean {
    const { method, hasBody } = this.#exchange;
    return !this.#retried && !hasBody && idempotentReads.has(method);
  }

  #record(error: boolean): void {
    this.#exchange.evidence?.[this.#side].add(performance.now() - this.#startedAt, error);
  }
}

function leftAlone({ name, limits }: Upstream): UpstreamFailure {
  const message =
    `The upstream "${name}" has failed ${limits.guardFailures} times in a row and is left alone for a moment ` +
    '(limits `guardFailures`, `guardMs`). Try again later.';
  return new UpstreamFailure('overloaded', message);
}
