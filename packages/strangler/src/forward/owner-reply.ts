import type { Capture } from '../shadow/capture.ts';
import type { Exchange } from './exchange.ts';
import { toUpstreamFailure } from './failure.ts';
import type { Upstream, UpstreamHandler } from './upstream.ts';
import { upstreamRequest } from './upstream-request.ts';

const idempotentReads = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Streams the owner's reply to the client as it comes. Also the plain path of everything that no route matches. */
export class OwnerReply implements UpstreamHandler {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  /** Copies the reply on its way, where it will be compared. */
  readonly #capture: Capture | undefined;
  readonly #startedAt = performance.now();
  #abort: (() => void) | undefined;
  #resume: (() => void) | undefined;
  #status = 0;
  #retried = false;

  constructor(exchange: Exchange, upstream: Upstream, capture?: Capture) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#capture = capture;
  }

  /** Asks the owner. */
  start(): void {
    const exchange = this.#exchange;
    if (exchange.clientGone) {
      this.#gone();
      return;
    }
    exchange.context.totals.asked(this.#upstream.name, 'requests');
    exchange.cancel = () => this.#abort?.();
    this.#send();
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#exchange.clientGone) abort();
    else this.#exchange.continue();
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    this.#exchange.head(this.#upstream.name, status, raw, statusText);
    this.#status = status;
    this.#resume = resume;
    this.#capture?.head(status, raw);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#capture?.data(chunk);
    return this.#exchange.data(chunk, this.#resume!);
  }

  onComplete(trailers: readonly Buffer[] | string[] | null): void {
    this.#upstream.done();
    this.#exchange.end(trailers as readonly Buffer[] | null);
    const serverError = this.#status >= 500;
    if (serverError) {
      this.#exchange.context.totals.asked(this.#upstream.name, 'serverErrors');
      this.#exchange.context.totals.failed('serverErrors');
    }
    this.#record(serverError);
    this.#capture?.complete();
  }

  onError(error: Error): void {
    this.#upstream.done();
    const exchange = this.#exchange;
    if (exchange.clientGone) {
      this.#gone();
      return;
    }
    const failure = toUpstreamFailure(this.#upstream.name, error);
    if (failure.stale && this.#mayRetry()) {
      this.#retry();
      return;
    }
    this.#capture?.abandon();
    exchange.context.totals.asked(this.#upstream.name, 'failures');
    this.#record(true);
    if (exchange.res.headersSent || this.#status !== 0) exchange.broken();
    else exchange.problem(failure, this.#upstream.name);
  }

  #send(): void {
    const leaveQueue = this.#upstream.send(upstreamRequest(this.#exchange), this);
    if (leaveQueue === undefined) return;
    this.#exchange.cancel = () => {
      if (leaveQueue()) this.#gone();
      else this.#abort?.();
    };
  }

  #gone(): void {
    this.#capture?.abandon();
    this.#exchange.context.totals.count('clientAborts');
  }

  /** A read of which nothing was seen yet may be sent again, once; anything else is sent once and never again. */
  #mayRetry(): boolean {
    const { method, hasBody } = this.#exchange;
    return this.#status === 0 && !this.#retried && !hasBody && idempotentReads.has(method);
  }

  #retry(): void {
    this.#retried = true;
    this.#abort = undefined;
    this.#send();
  }

  #record(error: boolean): void {
    this.#exchange.evidence?.owner.add(performance.now() - this.#startedAt, error);
  }
}
