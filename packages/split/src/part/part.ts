/** A column of the new table. */
export type PartedColumn =
  /** The old column of this name, with the same meaning. */
  | string
  /** A number that both sides change at a time: what one side adds is added on the other, and never set. */
  | { readonly from: string; readonly added: true }
  /** Another meaning: an expression over the old columns, and for each old column one over the new. */
  | { readonly forth: string; readonly back: Readonly<Record<string, string>> };

/** A table that two contexts write, and the columns of it that become a table of their own. */
export interface Part {
  /** Of the split. */
  readonly name: string;
  /** `schema.table` that stays. It goes on having the columns. */
  readonly from: string;
  /** `schema.table` that leaves: made by you on both sides, empty, with these columns and `parted bigint not null default 0`. */
  readonly into: string;
  /** The new name of each column of the key. */
  readonly key: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, PartedColumn>>;
  /** Connection string with which the source's server reaches the target. */
  readonly reach: string;
}

/** The schema of everything that parting a table needs at the source, beside its two triggers. */
export function partSchema({ name }: Pick<Part, 'name'>): string {
  return `banyan_part_${name}`;
}

/** The new columns, the key's first, each with what it is made of: an expression over the old ones. */
export function forthColumns({ key, columns }: Part): readonly (readonly [name: string, sql: string])[] {
  return [
    ...Object.entries(key).map(([old, name]) => [name, quoted(old)] as const),
    ...Object.entries(columns).map(([name, column]) => [name, forthOf(column)] as const),
  ];
}

function forthOf(column: PartedColumn): string {
  if (typeof column === 'string') return quoted(column);
  return 'forth' in column ? `(${column.forth})` : quoted(column.from);
}

/** The new columns whose changes are added. */
export function addedColumns({ columns }: Part): readonly string[] {
  return Object.entries(columns).flatMap(([name, column]) =>
    typeof column === 'object' && 'added' in column ? [name] : [],
  );
}

/** The old columns that follow the new ones, each with what it becomes: an expression over the row before (`old`) and after. */
export function backColumns({ columns }: Part): readonly (readonly [name: string, sql: string])[] {
  return Object.entries(columns).flatMap(([name, column]): (readonly [string, string])[] => {
    if (typeof column === 'string') return [[column, `will.${quoted(name)}`]];
    if ('added' in column) {
      const { from } = column;
      return [[from, `${quoted(from)} + (new.${quoted(name)} - old.${quoted(name)})`]];
    }
    return Object.keys(column.back).map((old) => [old, `will.${quoted(`back ${old}`)}`] as const);
  });
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
