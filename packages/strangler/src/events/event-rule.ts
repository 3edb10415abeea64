/** A request and its successful reply, as a rule sees them. Names of headers are in lower case. */
export interface ObservedExchange {
  readonly request: {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly reply: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Without its content encoding; empty where that can't be undone. */
    readonly body: string;
  };
}

/** What happened, as somebody else's log is to have it. */
export interface ObservedEvent {
  /** The stream of the event: what it happened to. */
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
}

/**
 * Turns an observed request and its successful (2xx) reply into what happened, or undefined where nothing did. Pure, and
 * quick: the reply waits for it.
 */
export type EventRule = (exchange: ObservedExchange) => ObservedEvent | undefined;

/** An event on its way: the id stays the same however often it is delivered. */
export interface SpooledEvent extends ObservedEvent {
  readonly id: string;
  /** When it was observed, ISO 8601. */
  readonly at: string;
}

/** Where events go. A rejected promise keeps them for the next attempt. May see an event again: the id tells. */
export interface ObservedEventSink {
  append(events: readonly SpooledEvent[]): Promise<void>;
}
