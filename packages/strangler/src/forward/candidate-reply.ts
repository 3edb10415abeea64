import type { Capture } from '../shadow/capture.ts';
import type { Attempt } from '../upstream/attempt.ts';
import type { UpstreamFailure } from '../upstream/failure.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ReplyHandler } from '../upstream/upstream-request.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { TimeOut } from '../wire/time-outs.ts';
import type { Exchange } from './exchange.ts';

/**
 * Holds the candidate's reply back until it is whole, or longer than the limit, or a stream of events; until then any
 * failure of the candidate, and any 5xx, makes the owner answer instead.
 */
export class CandidateReply implements ReplyHandler {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  readonly #fallBack: () => void;
  /** Copies the reply on its way, where it will be compared. */
  readonly #capture: Capture | undefined;
  readonly #startedAt = performance.now();
  readonly #timeOut: TimeOut;
  readonly #held: Buffer[] = [];
  #heldBytes = 0;
  #head: ReplyHead | undefined;
  #attempt: Attempt | undefined;
  /** waiting: nothing sent to the client. committed: this reply is the client's. over: no longer of interest. */
  #state: 'waiting' | 'committed' | 'over' = 'waiting';

  constructor(
    exchange: Exchange,
    { upstream, capture }: { upstream: Upstream; capture: Capture | undefined },
    fallBack: () => void,
  ) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#fallBack = fallBack;
    this.#capture = capture;
    this.#timeOut = upstream.timeOuts.begin(() => this.#late());
  }

  /** Asks the candidate. */
  start(): void {
    this.#exchange.context.totals.asked(this.#upstream.name, 'requests');
    this.#exchange.cancel = () => this.#gone();
    this.#exchange.resume = () => this.#attempt?.resume();
    this.#attempt = this.#upstream.send(this.#exchange.upstreamRequest, this);
  }

  onHead(head: ReplyHead): void {
    if (this.#state !== 'waiting') return;
    if (head.status >= 500) {
      this.#exchange.context.totals.asked(this.#upstream.name, 'serverErrors');
      // The rest of it is read away, so that the connection can be used again.
      this.#fail(false, false);
      return;
    }
    this.#head = head;
    this.#capture?.head(head);
    if (head.fields.get('content-type')?.startsWith('text/event-stream')) this.#commit();
  }

  onData(piece: Buffer): boolean {
    if (this.#state !== 'over') this.#capture?.data(piece);
    if (this.#state === 'committed') return this.#exchange.data(piece);
    this.#heldBytes += piece.length;
    if (this.#state === 'over') return this.#readAway();
    this.#held.push(piece);
    return this.#heldBytes <= this.#exchange.context.limits.candidateBufferBytes || this.#commit();
  }

  onEnd(trailers: readonly string[] | undefined): void {
    if (this.#state === 'over') return;
    if (this.#state === 'waiting') this.#commit();
    this.#settle();
    this.#exchange.end(trailers);
    this.#record(false);
    this.#upstream.breaker.succeeded();
    this.#capture?.complete();
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.#state === 'over') return;
    this.#exchange.context.totals.asked(this.#upstream.name, 'failures');
    if (this.#state === 'waiting') {
      this.#fail(failure.kind === 'overloaded');
      return;
    }
    this.#settle();
    this.#capture?.abandon();
    this.#record(true);
    this.#upstream.breaker.failed(performance.now());
    this.#exchange.broken();
  }

  /** Gives the client what is held back; from now on the reply streams. Returns whether more may come at once. */
  #commit(): boolean {
    this.#timeOut.clear();
    this.#exchange.head(this.#upstream.name, this.#head!);
    this.#state = 'committed';
    let flowing = true;
    for (const piece of this.#held) flowing = this.#exchange.data(piece);
    this.#held.length = 0;
    return flowing;
  }

  #readAway(): true {
    if (this.#heldBytes > this.#exchange.context.limits.candidateBufferBytes) this.#attempt?.abort();
    return true;
  }

  #late(): void {
    this.#exchange.context.totals.asked(this.#upstream.name, 'failures');
    this.#fail();
  }

  #fail(unheard = false, breakOff = true): void {
    this.#settle();
    this.#capture?.abandon();
    this.#record(true);
    if (unheard) this.#upstream.breaker.unknown();
    else this.#upstream.breaker.failed(performance.now());
    if (breakOff) this.#attempt?.abort();
    this.#fallBack();
  }

  #gone(): void {
    if (this.#state === 'over') return;
    this.#settle();
    this.#capture?.abandon();
    this.#upstream.breaker.unknown();
    this.#exchange.context.totals.count('clientAborts');
    this.#attempt?.abort();
  }

  #settle(): void {
    this.#timeOut.clear();
    this.#state = 'over';
    this.#held.length = 0;
  }

  #record(error: boolean): void {
    this.#exchange.evidence?.candidate.add(performance.now() - this.#startedAt, error);
  }
}
