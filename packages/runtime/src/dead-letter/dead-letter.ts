/** An entry that a subscription gave up on. Its place in the feed identifies it within its subscription. */
export interface DeadLetter {
  readonly subscription: string;
  readonly position: bigint;
  /** The stream of the event; absent for entries that have none. */
  readonly streamId?: string;
  /** The entry as it was delivered. */
  readonly entry: unknown;
  /** The code of the error that it failed with. */
  readonly code: string;
  /** The error's sentence, 2000 characters at most. */
  readonly reason: string;
  /** How often handling it was tried. */
  readonly attempts: number;
  /** When it failed last. */
  readonly at: Date;
  /** The running subscription is to handle it again. */
  readonly redriveWanted: boolean;
}

/** What a subscription tells of an entry that it gives up on. */
export type NewDeadLetter = Omit<DeadLetter, 'at' | 'redriveWanted'>;

/** Which letters to list. */
export interface DeadLetterPage {
  /** Those after this position, default 0n. */
  readonly after?: bigint;
  /** So many at most, default 100. */
  readonly limit?: number;
  /** Only those that are to be handled again. */
  readonly redriveWanted?: true;
}

/** Letters of one subscription at most, where nothing else is said. */
export const defaultDeadLetterLimit = 1_000;

/**
 * Where dead letters are kept, beside the checkpoints: `Tx` is the same transaction handle. Contract, checked by
 * `deadLetterStoreContract`: what is done through `tx` commits with it; the number of letters of a subscription is bounded.
 */
export interface DeadLetterStore<Tx> {
  /**
   * Adds a letter, or replaces the one at its position.
   * @throws Terminal `dead-letters-full`
   */
  add(tx: Tx, letter: NewDeadLetter): Promise<void>;
  /** Removes the letter at `position`, or all; gives how many there were. */
  remove(tx: Tx, subscription: string, position?: bigint): Promise<number>;
  /** In the order of their positions. */
  list(subscription: string, page?: DeadLetterPage): Promise<readonly DeadLetter[]>;
  count(subscription: string): Promise<number>;
  /** Asks the running subscription to handle the letter at `position` again, or all; gives how many are asked for. */
  wantRedrive(subscription: string, position?: bigint): Promise<number>;
  /** Handling it again failed: keeps the letter with one attempt more and the new reason, and is no longer asked for. */
  failedAgain(
    subscription: string,
    position: bigint,
    error: { readonly code: string; readonly message: string },
  ): Promise<void>;
}
