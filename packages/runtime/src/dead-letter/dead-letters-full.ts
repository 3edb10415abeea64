import { Terminal } from '../errors/errors.ts';

const MAX_REASON = 2_000;

/** The error of a subscription that may give up on no more. */
export function deadLettersFull(subscription: string, limit: number): Terminal {
  return new Terminal(
    'dead-letters-full',
    `${subscription} has ${limit} dead letters and may have no more. Look at them with "banyan subscription show ${subscription}", redrive or discard them, and start it again.`,
    { details: { subscription, limit } },
  );
}

/** An error's sentence as a letter keeps it: of bounded length and without the character that no database text can hold. */
export function reasonOf(message: string): string {
  return message.replaceAll('\u0000', '\uFFFD').slice(0, MAX_REASON);
}
