/** What went wrong while a step took effect, and with which entries. */
export class FailedStep<Entry extends { readonly position: bigint }> extends Error {
  readonly entries: readonly Entry[];
  /** Where the checkpoint would be if the step had not failed. */
  readonly to: bigint;

  constructor(entries: readonly Entry[], to: bigint, cause: unknown) {
    super('A step failed.', { cause });
    this.entries = entries;
    this.to = to;
  }

  /** Whether fewer entries could be tried, to find the one that fails. */
  get divisible(): boolean {
    return this.entries.some(({ position }) => position !== this.entries[0]!.position);
  }
}
