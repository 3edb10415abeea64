import type { Dispatcher } from 'undici';
import type { Reply } from '../compare/reply.ts';
import { headerMap } from '../forward/reply-headers.ts';
import type { Upstream, UpstreamHandler } from '../forward/upstream.ts';

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
  options: Dispatcher.DispatchOptions,
  limits: AskLimits,
): Promise<Reply | undefined> {
  if (upstream.saturated) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    upstream.send(options, new Question(upstream, limits, resolve));
  });
}

class Question implements UpstreamHandler {
  readonly #upstream: Upstream;
  readonly #limits: AskLimits;
  readonly #answer: (reply: Reply | undefined) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #raw: readonly Buffer[] = [];
  #abort: (() => void) | undefined;
  #over = false;

  constructor(upstream: Upstream, limits: AskLimits, answer: (reply: Reply | undefined) => void) {
    this.#upstream = upstream;
    this.#limits = limits;
    this.#answer = answer;
    this.#timer = setTimeout(() => this.#giveUp(), limits.ms);
  }

  onConnect(abort: () => void): void {
    this.#abort = abort;
    if (this.#over) abort();
  }

  onHeaders(status: number, raw: Buffer[]): boolean {
    this.#status = status;
    this.#raw = raw;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#over) return true;
    if (this.#bytes > this.#limits.bytes) this.#giveUp();
    else this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    this.#upstream.done();
    this.#settle({ status: this.#status, headers: headerMap(this.#raw), body: Buffer.concat(this.#chunks) });
  }

  onError(): void {
    this.#upstream.done();
    this.#settle(undefined);
  }

  #giveUp(): void {
    this.#settle(undefined);
    this.#abort?.();
  }

  #settle(reply: Reply | undefined): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#answer(reply);
  }
}
