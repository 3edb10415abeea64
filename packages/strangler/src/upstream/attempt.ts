import type { UpstreamConnection } from './upstream-connection.ts';
import type { ReplyHandler, UpstreamRequest } from './upstream-request.ts';

/** One sending of a request, from the queue to the end of its reply. */
export class Attempt {
  readonly request: UpstreamRequest;
  readonly handler: ReplyHandler;
  /** When it leaves the queue without having been sent, in milliseconds of `performance.now()`. */
  queuedUntil = 0;
  connection: UpstreamConnection | undefined;
  /** Its place in the line, which only the line changes. */
  waiting = false;
  before: Attempt | undefined;
  behind: Attempt | undefined;
  /** Whether nothing more is to be told. */
  over = false;
  readonly #leaveQueue: (attempt: Attempt) => void;

  constructor(request: UpstreamRequest, handler: ReplyHandler, leaveQueue: (attempt: Attempt) => void) {
    this.request = request;
    this.handler = handler;
    this.#leaveQueue = leaveQueue;
  }

  /** Breaks it off; the handler hears nothing any more. */
  abort(): void {
    if (this.over) return;
    this.over = true;
    if (this.connection === undefined) this.#leaveQueue(this);
    else this.connection.destroy();
  }

  /** Goes on after a pause. */
  resume(): void {
    if (!this.over) this.connection?.resume();
  }
}
