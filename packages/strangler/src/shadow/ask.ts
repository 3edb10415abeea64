import type { Reply } from '../compare/reply.ts';
import { HeadersByName } from '../forward/reply-headers.ts';
import type { Attempt } from '../upstream/attempt.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ReplyHandler, UpstreamRequest } from '../upstream/upstream-request.ts';
import { joined } from '../wire/joined.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { TimeOut } from '../wire/time-outs.ts';

/**
 * Asks an upstream and gathers the whole reply, up to a number of bytes. Undefined where there is none: not reached, broken
 * off, too long, too late (`candidateMs`), or no connection is free, because users come first.
 */
export function ask(
  upstream: Upstream,
  request: UpstreamRequest,
  maxBytes: number,
): Promise<Reply | undefined> {
  if (upstream.saturated) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    new Question(upstream, maxBytes, resolve).send(upstream, request);
  });
}

class Question implements ReplyHandler {
  readonly #maxBytes: number;
  readonly #answer: (reply: Reply | undefined) => void;
  readonly #timeOut: TimeOut;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #head: ReplyHead | undefined;
  #attempt: Attempt | undefined;

  constructor({ timeOuts }: Upstream, maxBytes: number, answer: (reply: Reply | undefined) => void) {
    this.#maxBytes = maxBytes;
    this.#answer = answer;
    this.#timeOut = timeOuts.begin(() => this.#giveUp());
  }

  send(upstream: Upstream, request: UpstreamRequest): void {
    this.#attempt = upstream.send(request, this);
  }

  onHead(head: ReplyHead): void {
    this.#head = head;
  }

  onData(piece: Buffer): boolean {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) this.#giveUp();
    else this.#pieces.push(piece);
    return true;
  }

  onEnd(): void {
    const { status, fields } = this.#head!;
    this.#settle({ status, headers: new HeadersByName(fields), body: joined(this.#pieces) });
  }

  onFailure(): void {
    this.#settle(undefined);
  }

  #giveUp(): void {
    this.#attempt?.abort();
    this.#settle(undefined);
  }

  #settle(reply: Reply | undefined): void {
    this.#timeOut.clear();
    this.#answer(reply);
  }
}
