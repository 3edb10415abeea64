import type { Reply } from '../compare/reply.ts';
import { headerMap } from '../forward/reply-headers.ts';
import type { Attempt } from '../upstream/attempt.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ReplyHandler, UpstreamRequest } from '../upstream/upstream-request.ts';
import { joined } from '../wire/joined.ts';
import type { ReplyHead } from '../wire/reply-head.ts';

/** Bounds of one question. */
export interface AskLimits {
  readonly ms: number;
  readonly bytes: number;
}

/**
 * Asks an upstream and gathers the whole reply. Undefined where there is none: not reached, broken off, too long, too
 * late, or no connection is free, because users come first.
 */
export function ask(
  upstream: Upstream,
  request: UpstreamRequest,
  limits: AskLimits,
): Promise<Reply | undefined> {
  if (upstream.saturated) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    new Question(limits, resolve).send(upstream, request);
  });
}

class Question implements ReplyHandler {
  readonly #limits: AskLimits;
  readonly #answer: (reply: Reply | undefined) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #head: ReplyHead | undefined;
  #attempt: Attempt | undefined;

  constructor(limits: AskLimits, answer: (reply: Reply | undefined) => void) {
    this.#limits = limits;
    this.#answer = answer;
    this.#timer = setTimeout(() => this.#giveUp(), limits.ms);
  }

  send(upstream: Upstream, request: UpstreamRequest): void {
    this.#attempt = upstream.send(request, this);
  }

  onHead(head: ReplyHead): void {
    this.#head = head;
  }

  onData(piece: Buffer): boolean {
    this.#bytes += piece.length;
    if (this.#bytes > this.#limits.bytes) this.#giveUp();
    else this.#pieces.push(piece);
    return true;
  }

  onEnd(): void {
    const { status, fields } = this.#head!;
    this.#settle({ status, headers: headerMap(fields), body: joined(this.#pieces) });
  }

  onFailure(): void {
    this.#settle(undefined);
  }

  #giveUp(): void {
    this.#attempt?.abort();
    this.#settle(undefined);
  }

  #settle(reply: Reply | undefined): void {
    clearTimeout(this.#timer);
    this.#answer(reply);
  }
}
