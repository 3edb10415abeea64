import type { DeadLetter, DeadLetterStore } from '../dead-letter/dead-letter.ts';
import { toBanyanError } from '../errors/errors.ts';
import type { AdvanceOutcome } from './checkpoint.ts';

const PAGE = 100;

/** How a subscription handles dead letters again. */
export interface Redrive<Tx> {
  readonly subscription: string;
  readonly deadLetters: DeadLetterStore<Tx>;
  /** Whether this subscriber is the one for the letter. */
  readonly takes: (letter: DeadLetter) => boolean;
  /** Runs `work` in a step of the subscription that does not move its checkpoint. */
  readonly step: (work: (tx: Tx) => Promise<void>) => Promise<AdvanceOutcome>;
  readonly handle: (entry: unknown, tx: Tx) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Handles every letter that is asked for once; a letter goes in the transaction of its effects. */
export async function redrive<Tx>(options: Redrive<Tx>): Promise<void> {
  const { subscription, deadLetters, takes, signal } = options;
  let after = 0n;
  for (;;) {
    const letters = await deadLetters.list(subscription, { redriveWanted: true, after, limit: PAGE });
    for (const letter of letters) {
      if (signal.aborted) return;
      if (takes(letter) && (await redriveOne(options, letter)) !== 'advanced') return;
    }
    if (letters.length < PAGE) return;
    after = letters.at(-1)!.position;
  }
}

async function redriveOne<Tx>(options: Redrive<Tx>, letter: DeadLetter): Promise<AdvanceOutcome> {
  const { subscription, deadLetters, step, handle } = options;
  try {
    return await step(async (tx) => {
      // Somebody else may have been quicker, or have thrown it away.
      const there = await deadLetters.remove(tx, subscription, letter.position);
      if (there > 0) await handle(letter.entry, tx);
    });
  } catch (error) {
    await deadLetters.failedAgain(subscription, letter.position, toBanyanError(error));
    return 'advanced';
  }
}
