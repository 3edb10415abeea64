import type { Row } from '../feed/row-change.ts';

/** A row as it was sent: a large value that did not change is undefined. */
export type SentRow = Readonly<Record<string, string | null | undefined>>;

/** A row that tells which of its columns were read and not sent. */
export class UnsentValues {
  readonly row: SentRow;
  readonly #read = new Set<string>();

  /** @param partial Whether columns may be missing: those of a new row are all there. */
  constructor(row: Row, partial: boolean) {
    this.row = new Proxy(row, {
      get: (values, name) => {
        if (typeof name === 'symbol' || Object.hasOwn(values, name)) return Reflect.get(values, name);
        if (!partial) throw new Error(`it reads the column ${name}, which there is not`);
        this.#read.add(name);
        return undefined;
      },
    });
  }

  /**
   * What was not sent may only be left as it is: whatever else was made of it would be wrong.
   * @throws Error naming the column
   */
  mustBeKept(made: readonly { readonly row: SentRow }[]): void {
    if (this.#read.size === 0 || made.length === 0) return;
    if (made.some(({ row }) => Object.values(row).includes(undefined))) return;
    throw new Error(
      `it makes something of ${[...this.#read].join(', ')}, which was not sent because it did not change: give undefined on, ` +
        'or run at the source: alter table ... replica identity full;',
    );
  }
}
