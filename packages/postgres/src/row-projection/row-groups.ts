import type { MergedRow, MergedTable } from './merge-effects.ts';

/** Rows that one statement can write. `copy`: they are new for certain. */
export interface RowGroup {
  readonly op: 'delete' | 'copy' | 'upsert';
  readonly table: string;
  readonly keyColumns: readonly string[];
  readonly set: readonly string[];
  readonly added: readonly string[];
  readonly rows: MergedRow[];
}

const maxRows = 10_000;

/** Puts rows together that have the same columns; those that are removed come first. */
export function rowGroups(merged: MergedTable, isNew: (row: MergedRow) => boolean): readonly RowGroup[] {
  const groups = new Groups(merged);
  for (const row of merged.rows.values()) {
    const op = isNew(row) ? 'copy' : 'upsert';
    if (row.removed && op === 'upsert') groups.take('delete', row);
    if (row.set !== undefined) groups.take(op, row);
  }
  return [
    ...groups.all.filter(({ op }) => op === 'delete'),
    ...groups.all.filter(({ op }) => op !== 'delete'),
  ];
}

class Groups {
  readonly all: RowGroup[] = [];
  readonly #merged: MergedTable;
  /** Those with room, by their columns. */
  readonly #open = new Map<string, RowGroup>();
  /** The next row is mostly like the one before. */
  #last: RowGroup | undefined;

  constructor(merged: MergedTable) {
    this.#merged = merged;
  }

  take(op: RowGroup['op'], row: MergedRow): void {
    const group = this.#last !== undefined && fits(this.#last, op, row) ? this.#last : this.#find(op, row);
    group.rows.push(row);
    this.#last = group;
  }

  #find(op: RowGroup['op'], row: MergedRow): RowGroup {
    const set = op === 'delete' ? [] : Object.keys(row.set ?? {});
    const added = op === 'delete' ? [] : Object.keys(row.add ?? {});
    const name = `${op} ${set.join('\0')} ${added.join('\0')}`;
    const found = this.#open.get(name);
    if (found !== undefined && found.rows.length < maxRows) return found;
    const { table, keyColumns } = this.#merged;
    const group: RowGroup = { op, table, keyColumns, set, added, rows: [] };
    this.#open.set(name, group);
    this.all.push(group);
    return group;
  }
}

function fits(group: RowGroup, op: RowGroup['op'], { set, add }: MergedRow): boolean {
  if (group.op !== op || group.rows.length >= maxRows) return false;
  return op === 'delete' || (hasColumns(set, group.set) && hasColumns(add, group.added));
}

function hasColumns(
  columns: Readonly<Record<string, unknown>> | undefined,
  names: readonly string[],
): boolean {
  let count = 0;
  for (const name in columns) if (name !== names[count++]) return false;
  return count === names.length;
}
