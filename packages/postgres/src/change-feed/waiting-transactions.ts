import type { ChangeTransaction } from '@banyan/runtime';

/** Row changes, and bytes of them, that may wait to be taken; beyond it the source is not read until they are. */
const changesLimit = 20_000;
const bytesLimit = 16 * 1024 * 1024;

interface Waiting {
  readonly transaction: ChangeTransaction;
  readonly bytes: number;
}

/** The transactions that were received and not taken yet. */
export class WaitingTransactions {
  #waiting: Waiting[] = [];
  #changes = 0;
  #bytes = 0;

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  get full(): boolean {
    return this.#changes > changesLimit || this.#bytes > bytesLimit;
  }

  /** Whether there is room enough to read on after it was full. */
  get roomy(): boolean {
    return this.#changes < changesLimit / 2 && this.#bytes < bytesLimit / 2;
  }

  add(transaction: ChangeTransaction, bytes: number): void {
    this.#waiting.push({ transaction, bytes });
    this.#changes += transaction.changes.length;
    this.#bytes += bytes;
  }

  /** The next transactions: as many as make `limit` changes, one at least. */
  take(limit: number): ChangeTransaction[] {
    let changes = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || changes < limit)) {
      const { transaction, bytes } = this.#waiting[count++]!;
      changes += transaction.changes.length;
      this.#bytes -= bytes;
    }
    this.#changes -= changes;
    return this.#waiting.splice(0, count).map(({ transaction }) => transaction);
  }
}
