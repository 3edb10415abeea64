import { randomUUID } from 'node:crypto';
import { decodeBody } from '../compare/decode-body.ts';
import { HeadersByName } from '../forward/reply-headers.ts';
import type { ProxyLog } from '../proxy-log.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { EventRule, ObservedExchange } from './event-rule.ts';
import type { EventSpool } from './event-spool.ts';

/** What a request was, for a rule. */
export type ObservedRequest = ObservedExchange['request'];

/** What decorations of one proxy share. */
export interface Decorating {
  readonly spool: EventSpool;
  readonly maxBytes: number;
  readonly log: ProxyLog;
}

/**
 * Holds a reply back until the event that it stands for is on disk: whoever has the reply may rely on the event. A reply that
 * is longer than the limit goes on as it comes, without an event, and is logged.
 */
export class Decoration {
  readonly #route: string;
  readonly #rule: EventRule;
  readonly #request: ObservedRequest;
  readonly #shared: Decorating;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(route: string, rule: EventRule, request: ObservedRequest, shared: Decorating) {
    this.#route = route;
    this.#rule = rule;
    this.#request = request;
    this.#shared = shared;
  }

  /** Keeps a piece of the body; false where the reply has become too long to be held. */
  hold(piece: Buffer): boolean {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes <= this.#shared.maxBytes) return true;
    const limit = `limit \`candidateBufferBytes\`: ${this.#shared.maxBytes}`;
    this.#warn(`its reply is longer than is looked at (${limit})`);
    return false;
  }

  /** What was held back, to be sent now. */
  take(): readonly Buffer[] {
    return this.#pieces.splice(0);
  }

  /** Writes down the event of a whole reply. Never rejects: the reply is true, whether the event could be kept or not. */
  async record(head: ReplyHead): Promise<void> {
    if (head.status < 200 || head.status >= 300) return;
    try {
      const headers = new HeadersByName(head.fields);
      const reply = { status: head.status, headers, body: Buffer.concat(this.#pieces) };
      const body = await decodeBody(reply, this.#shared.maxBytes);
      const event = this.#rule({
        request: this.#request,
        reply: { ...reply, headers: Object.fromEntries(headers), body: body?.toString('utf8') ?? '' },
      });
      if (event === undefined) return;
      await this.#shared.spool.append({ ...event, id: randomUUID(), at: new Date().toISOString() });
    } catch (cause) {
      this.#warn(cause instanceof Error ? cause.message : String(cause), 'error');
    }
  }

  #warn(why: string, level: 'warn' | 'error' = 'warn'): void {
    const message = `A request of ${this.#route} has no event: ${why}.`;
    this.#shared.log({ level, event: 'event-missing', message });
  }
}
