import { BanyanError, Conflict, Invalid } from '../errors/errors.ts';
import type { RecordedEvent } from '../message/message.ts';
import type { Batch } from './batch.ts';

/** Appends of a mailbox that may yet turn out to have been committed. */
export class UnknownAppends<State> {
  #batches: Batch<State>[] = [];

  /** Nobody can say what became of it. */
  add(batch: Batch<State>, error: unknown): void {
    this.#batches.push(batch);
    for (const { pending } of batch.entries) pending.unknown ??= { error, version: batch.base.version };
  }

  /** The stream has moved on from where they expected it, by these events: an append that is not among them never will be. */
  resolve(news: readonly RecordedEvent[]): void {
    const [next] = news;
    for (const batch of this.#batches) {
      if (next === undefined || !batch.wrote(next)) continue;
      batch.answer((news[batch.events.length - 1] ?? next).position);
    }
    this.forget();
  }

  forget(): void {
    this.#batches = [];
  }
}

/** Whether an append that failed so may have been committed. What no adapter has named may have happened after the commit. */
export function mayHaveWritten(error: unknown): boolean {
  if (error instanceof Conflict || error instanceof Invalid) return false;
  return !(error instanceof BanyanError) || ['append-outcome-unknown', 'unexpected'].includes(error.code);
}
