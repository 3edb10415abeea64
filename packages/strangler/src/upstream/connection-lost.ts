/** What a connection to an upstream was doing. */
export type LostWhile = 'connecting' | 'sending' | 'waiting' | 'head' | 'body' | 'idle';

/** A connection to an upstream ended in the middle of something. */
export class ConnectionLost extends Error {
  readonly during: LostWhile;
  readonly how: 'late' | 'closed' | 'error';
  /** Whether it had carried a request before: then the upstream may have closed it while it was idle. */
  readonly used: boolean;

  constructor(during: LostWhile, how: ConnectionLost['how'], used: boolean, cause?: Error) {
    super(cause?.message ?? how, { cause });
    this.during = during;
    this.how = how;
    this.used = used;
  }
}
