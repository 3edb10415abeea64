import type { Columns, ColumnValue, RowEffect } from './row-effect.ts';
import { keyColumnsDiffer, noKey, notWhole } from './row-errors.ts';

/** What is left to do to a row after all its effects. */
export interface MergedRow {
  /** Its identity among the rows of the table. */
  readonly id: string;
  readonly key: Columns;
  /** The row goes before anything is written to it. */
  removed: boolean;
  /** Undefined when nothing is to be written. */
  set: Columns | undefined;
  add: Record<string, bigint> | undefined;
}

/** The rows of one table. */
export interface MergedTable {
  readonly table: string;
  readonly keyColumns: readonly string[];
  readonly rows: Map<string, MergedRow>;
}

/**
 * Puts the effects on each row together, in order: the last value of a column, the sum of what is added, whether the row goes.
 * @throws Invalid `row-key`, `row-key-columns`, `row-amount`
 */
export function mergeEffects(effects: Iterable<RowEffect>): ReadonlyMap<string, MergedTable> {
  const tables = new Map<string, MergedTable>();
  for (const effect of effects) {
    let table = tables.get(effect.table);
    if (table === undefined) {
      const keyColumns = Object.keys(effect.key);
      table = { table: effect.table, keyColumns, rows: new Map() };
      tables.set(effect.table, table);
    }
    const id = identityOf(table, effect);
    let row = table.rows.get(id);
    if (row === undefined) {
      row = { id, key: effect.key, removed: false, set: undefined, add: undefined };
      table.rows.set(id, row);
    }
    take(row, effect);
  }
  return tables;
}

function take(row: MergedRow, effect: RowEffect): void {
  if (effect.op === 'remove') {
    row.removed = true;
    row.set = undefined;
    row.add = undefined;
  } else if (effect.op === 'upsert') setColumns(row, effect.row);
  else addAmounts(row, effect.table, effect.amounts);
}

function setColumns(row: MergedRow, columns: Columns): void {
  const given = withoutUndefined(columns);
  // Most rows are written once, and nothing is copied for them.
  row.set = row.set === undefined ? given : { ...row.set, ...given };
  if (row.add !== undefined) for (const name in given) delete row.add[name];
}

function withoutUndefined(columns: Columns): Columns {
  for (const name in columns)
    if (columns[name] === undefined)
      return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  return columns;
}

function addAmounts(row: MergedRow, table: string, amounts: Readonly<Record<string, number | bigint>>): void {
  row.set ??= {};
  for (const name in amounts) {
    const amount = wholeAmount(table, name, amounts[name]!);
    const known: ColumnValue | undefined = row.set[name];
    if (known === undefined) {
      row.add ??= {};
      row.add[name] = (row.add[name] ?? 0n) + amount;
    } else {
      const sum: bigint = (known === null ? 0n : wholeAmount(table, name, known)) + amount;
      row.set = { ...row.set, [name]: sum };
    }
  }
}

function wholeAmount(table: string, column: string, amount: ColumnValue): bigint {
  if (typeof amount === 'bigint') return amount;
  if (typeof amount === 'number' && Number.isSafeInteger(amount)) return BigInt(amount);
  if (typeof amount === 'string' && /^-?\d+$/.test(amount)) return BigInt(amount);
  throw notWhole(table, column, amount);
}

function identityOf({ table, keyColumns }: MergedTable, { key }: RowEffect): string {
  let id = '';
  let columns = 0;
  for (const name in key) {
    const value = key[name];
    if (value === undefined || value === null) throw noKey(table, name);
    if (name !== keyColumns[columns]) throw keyColumnsDiffer(table, keyColumns, Object.keys(key));
    const text = value instanceof Date ? value.toISOString() : String(value);
    // The length keeps ('a', 'b-c') and ('a-b', 'c') apart.
    id = columns === 0 ? text : `${id.length} ${id}${text}`;
    columns += 1;
  }
  if (columns === 0) throw noKey(table, 'none');
  if (columns !== keyColumns.length) throw keyColumnsDiffer(table, keyColumns, Object.keys(key));
  return id;
}
