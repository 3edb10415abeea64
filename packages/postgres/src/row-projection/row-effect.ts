/**
 * A value of a column. Dates, booleans and bytes become what PostgreSQL reads; objects and arrays become JSON, as does every value of a
 * json column. A decimal number is best given as text, because a binary fraction is not the number that was meant.
 */
export type ColumnValue = string | number | bigint | boolean | null | Date | Uint8Array | object;

/** Columns by name; one that is undefined is left out. */
export type Columns = Readonly<Record<string, ColumnValue | undefined>>;

/** What an event does to one row of a read model. The table is named without a schema. */
export type RowEffect =
  | { readonly op: 'upsert'; readonly table: string; readonly key: Columns; readonly row: Columns }
  | {
      readonly op: 'add';
      readonly table: string;
      readonly key: Columns;
      readonly amounts: Readonly<Record<string, number | bigint>>;
    }
  | { readonly op: 'remove'; readonly table: string; readonly key: Columns };

/** What events may do to rows, as values: so the effects of many events can be put together and made by few statements. */
export const rows = {
  /** Makes the row, or gives its columns these values; those that are not named stay as they are. */
  upsert: (table: string, key: Columns, row: Columns = {}): RowEffect => ({ op: 'upsert', table, key, row }),
  /** Adds to columns, which count from 0 where there is no row yet. Whole numbers, so that a sum does not depend on who adds up. */
  add: (table: string, key: Columns, amounts: Readonly<Record<string, number | bigint>>): RowEffect => ({
    op: 'add',
    table,
    key,
    amounts,
  }),
  /** Removes the row, if it is there. */
  remove: (table: string, key: Columns): RowEffect => ({ op: 'remove', table, key }),
} as const;
