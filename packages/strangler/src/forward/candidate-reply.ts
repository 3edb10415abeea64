import type { Exchange } from './exchange.ts';
import { toUpstreamFailure } from './failure.ts';
import type { Upstream, UpstreamHandler } from './upstream.ts';
import { upstreamRequest } from './upstream-request.ts';

/** The head of a reply that is held back. */
interface HeldHead {
  readonly status: number;
  readonly raw: Buffer[];
  readonly statusText: string;
}

/**
 * Holds the candidate's reply back until it is whole, or longer than the limit, or a stream of events; until then any
 * failure of the candidate, and any 5xx, makes the owner answer instead.
 */
export class CandidateReply implements UpstreamHandler {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  readonly #fallBack: () => void;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #held: Buffer[] = [];
  #heldBytes = 0;
  #head: HeldHead | undefined;
  #resume: (() => void) | undefined;
  #abort: (() => void) | undefined;
  #leaveQueue: (() => boolean) | undefined;
  /** waiting: nothing sent to the client. committed: this reply is the client's. over: no longer of interest. */
  #state: 'waiting' | 'committed' | 'over' = 'waiting';

  constructor(exchange: Exchange, upstream: Upstream, fallBack: () => void) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#fallBack = fallBack;
    this.#timer = setTimeout(() => this.#late(), exchange.context.limits.candidateMs);
  }

  /** Asks the candidate. */
  start(): void {
    this.#exchange.context.totals.asked(this.#upstream.name, 'requests');
    this.#exchange.cancel = () => this.#gone();
    this.#leaveQueue = this.#upstream.send(upstreamRequest(this.#exchange), this);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#state === 'over') abort();
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    if (status < 200 || this.#state !== 'waiting') return true;
    if (status >= 500) {
      this.#exchange.context.totals.asked(this.#upstream.name, 'serverErrors');
      // The rest of it is read away, so that the connection can be used again.
      this.#fail(false, false);
      return true;
    }
    this.#head = { status, raw, statusText };
    this.#resume = resume;
    if (isEventStream(raw)) this.#commit();
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#state === 'committed') return this.#exchange.data(chunk, this.#resume!);
    this.#heldBytes += chunk.length;
    if (this.#state === 'over') return this.#readAway();
    this.#held.push(chunk);
    return this.#heldBytes <= this.#exchange.context.limits.candidateBufferBytes || this.#commit();
  }

  onComplete(trailers: readonly Buffer[] | string[] | null): void {
    this.#upstream.done();
    if (this.#state === 'over') return;
    if (this.#state === 'waiting' && !this.#commitWhole()) return;
    this.#settle();
    this.#exchange.end(trailers as readonly Buffer[] | null);
    this.#record(false);
    this.#upstream.breaker.succeeded();
  }

  onError(error: Error): void {
    this.#upstream.done();
    if (this.#state === 'over') return;
    this.#exchange.context.totals.asked(this.#upstream.name, 'failures');
    const failure = toUpstreamFailure(this.#upstream.name, error);
    if (this.#state === 'waiting') {
      this.#fail(failure.kind === 'overloaded');
      return;
    }
    this.#settle();
    this.#record(true);
    this.#upstream.breaker.failed(performance.now());
    this.#exchange.broken();
  }

  /** Gives the client what is held back; from now on the reply streams. Returns whether more may come at once. */
  #commit(): boolean {
    const { status, raw, statusText } = this.#head!;
    clearTimeout(this.#timer);
    this.#exchange.head(this.#upstream.name, status, raw, statusText);
    this.#state = 'committed';
    let flowing = true;
    for (const chunk of this.#held) flowing = this.#exchange.data(chunk, this.#resume!);
    this.#held.length = 0;
    return flowing;
  }

  /** As `#commit`; false where the head can't be sent on, which is a failure like any other. */
  #commitWhole(): boolean {
    try {
      this.#commit();
      return true;
    } catch {
      this.#fail();
      return false;
    }
  }

  #readAway(): true {
    if (this.#heldBytes > this.#exchange.context.limits.candidateBufferBytes) this.#abort?.();
    return true;
  }

  #late(): void {
    this.#exchange.context.totals.asked(this.#upstream.name, 'failures');
    this.#fail();
  }

  #fail(unheard = false, breakOff = true): void {
    this.#settle();
    this.#record(true);
    if (unheard) this.#upstream.breaker.unknown();
    else this.#upstream.breaker.failed(performance.now());
    if (breakOff) this.#breakOff();
    // Not at once: this may be called from within the parser of a reply, and a dispatch may read from a connection.
    queueMicrotask(this.#fallBack);
  }

  #gone(): void {
    if (this.#state === 'over') return;
    this.#settle();
    this.#upstream.breaker.unknown();
    this.#exchange.context.totals.count('clientAborts');
    this.#breakOff();
  }

  #breakOff(): void {
    if (this.#leaveQueue?.()) return;
    this.#abort?.();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#state = 'over';
    this.#held.length = 0;
  }

  #record(error: boolean): void {
    this.#exchange.evidence?.candidate.add(performance.now() - this.#startedAt, error);
  }
}

function isEventStream(raw: readonly Buffer[]): boolean {
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index]!.length !== 12 || raw[index]!.toString('latin1').toLowerCase() !== 'content-type')
      continue;
    return raw[index + 1]!.toString('latin1').startsWith('text/event-stream');
  }
  return false;
}
