import { BanyanError, Terminal } from '../errors/errors.ts';
import type { Row, RowChange, RowTranslator, RowWrite } from '../feed/row-change.ts';
import { type SentRow, UnsentValues } from './sent-row.ts';

/** A row of ours. A value that is undefined was not sent because it did not change, and keeps what it is. */
export interface ReshapedRow {
  /** `schema.table`. */
  readonly table: string;
  /** The columns of its key. */
  readonly key: SentRow;
  /** The other columns. */
  readonly row: SentRow;
}

/** How rows that come of one table of theirs are found again in one of ours. */
export interface ReshapedTable {
  /**
   * Our columns that hold the key of their row, each with the column of theirs, as the same text: by them the rows are found that one of
   * theirs was made into. Theirs must belong to the replica identity.
   */
  readonly by: Readonly<Record<string, string>>;
  /**
   * What a row gets that theirs no longer goes into; without it such a row is removed. For a row of ours that is made of several of
   * theirs: one of them makes it and removes it, the others come after that one and have this.
   */
  readonly gone?: Row;
}

/** What the rows of one table of theirs become. */
export interface Reshaping {
  /** Every table of ours that they may go into. */
  readonly into: Readonly<Record<string, ReshapedTable>>;
  /** One row of theirs as rows of ours: none, one or several. Pure: the same row gives the same rows. */
  readonly rows: (row: SentRow) => readonly ReshapedRow[];
}

/**
 * Makes a translator of what a row is, for each table of theirs by its name: how a change of it changes ours follows. What a row no
 * longer becomes is removed, also where only its kind has changed.
 *
 * The translator throws Terminal `translator-failed`, with the table and the key of the row, where `rows` throws, reads a column that
 * there is not, makes a row that could not be found again, or makes something else of a large value that was not sent because it did not
 * change; `truncate-not-translated` where a table is emptied whose rows stand among others.
 */
export function reshape(reshapings: Readonly<Record<string, Reshaping>>): RowTranslator {
  return (change) => {
    const reshaping = Object.hasOwn(reshapings, change.table) ? reshapings[change.table] : undefined;
    if (reshaping === undefined) return [];
    if (change.op === 'truncate') return emptied(change.table, reshapings);
    try {
      return writesOf(change, reshaping);
    } catch (caught) {
      throw failed(change, reshaping, caught);
    }
  };
}

type KeyedChange = Exclude<RowChange, { op: 'truncate' }>;

function writesOf(change: KeyedChange, { into, rows }: Reshaping): readonly RowWrite[] {
  const tables = Object.entries(into);
  if (change.op === 'delete') return tables.flatMap((table) => remove(table, change.old));
  // Under replica identity full the old row has what the new one leaves out.
  const row: Row = change.op === 'update' ? { ...change.old, ...change.row } : change.row;
  const unsent = new UnsentValues(row, change.op === 'update');
  const made = rows(unsent.row);
  for (const one of made) findable(one, into, row);
  unsent.mustBeKept(made);
  const old = change.op === 'update' ? change.old : undefined;
  if (
    old !== undefined &&
    tables.some(([, { by }]) => Object.values(by).some((name) => old[name] !== row[name]))
  )
    return [...tables.flatMap((table) => remove(table, old)), ...made.flatMap((one) => write(one))];
  return tables.flatMap((table) => {
    const here = made.filter((one) => one.table === table[0]);
    return change.op === 'insert' ? here.flatMap(write) : replace(table, here, row);
  });
}

/** Of a row whose key has stayed. */
function replace(
  table: [string, ReshapedTable],
  made: readonly ReshapedRow[],
  row: Row,
): readonly RowWrite[] {
  const [, { by, gone }] = table;
  const names = Object.keys(by).sort().join('\0');
  const inPlace = made.length > 0 && made.every(({ key }) => Object.keys(key).sort().join('\0') === names);
  if (inPlace || (made.length > 0 && gone !== undefined)) return made.flatMap(write);
  // Several for one: which of them were there is not known here, so all are made anew.
  for (const { row: values } of made)
    for (const [name, value] of Object.entries(values))
      if (value === undefined)
        throw new Error(
          `${name} of ${table[0]} was not sent because it did not change, and the row is made anew: ` +
            'run at the source: alter table ... replica identity full;',
        );
  return [...remove(table, row), ...made.flatMap(write)];
}

function remove([table, { by, gone }]: [string, ReshapedTable], old: Row): readonly RowWrite[] {
  const key = Object.fromEntries(Object.entries(by).map(([ours, theirs]) => [ours, keyValue(old, theirs)]));
  return gone === undefined
    ? [{ op: 'delete', table, key }]
    : [{ op: 'update', table, key, row: gone, absent: 'skip' }];
}

function keyValue(old: Row, name: string): string | null {
  const value = old[name];
  if (value !== undefined) return value;
  throw new Error(`${name} is not in the log of a row that goes: it must belong to the replica identity`);
}

function write({ table, key, row }: ReshapedRow): readonly RowWrite[] {
  const sent = Object.entries(row).filter(
    (entry): entry is [string, string | null] => entry[1] !== undefined,
  );
  const values = Object.fromEntries(sent);
  const whole = sent.length === Object.keys(row).length;
  const named = key as Row;
  return [
    whole
      ? { op: 'upsert', table, key: named, row: values }
      : { op: 'update', table, key: named, row: values, absent: 'refuse' },
  ];
}

/** A row that can't be found by its origin would stay for ever. */
function findable({ table, key, row }: ReshapedRow, into: Reshaping['into'], theirs: Row): void {
  const place = Object.hasOwn(into, table) ? into[table] : undefined;
  if (place === undefined)
    throw new Error(`it makes a row of ${table}, which is not among its tables (into)`);
  for (const [name, value] of Object.entries(key))
    if (value == null) throw new Error(`it makes a row of ${table} without a value of its key ${name}`);
  for (const [ours, from] of Object.entries(place.by)) {
    const value = Object.hasOwn(key, ours) ? key[ours] : row[ours];
    if (value !== theirs[from])
      throw new Error(`${ours} of ${table} is to hold ${from} (by), and holds ${JSON.stringify(value)}`);
  }
}

function emptied(table: string, reshapings: Readonly<Record<string, Reshaping>>): readonly RowWrite[] {
  return Object.keys(reshapings[table]!.into).map((ours): RowWrite => {
    const shared = Object.entries(reshapings).find(
      ([name, { into }]) => name !== table && Object.hasOwn(into, ours),
    );
    if (shared === undefined) return { op: 'truncate', table: ours };
    throw new Terminal(
      'truncate-not-translated',
      `${table} was truncated, and which rows of ${ours} came of it is not known, because some come of ${shared[0]}: begin with a new snapshot.`,
    );
  });
}

function failed(change: KeyedChange, { into }: Reshaping, caught: unknown): Terminal {
  const row = change.op === 'delete' ? change.old : change.row;
  const names = new Set(Object.values(into).flatMap(({ by }) => Object.values(by)));
  const key = JSON.stringify(Object.fromEntries([...names].map((name) => [name, row[name]])));
  const message = caught instanceof Error ? caught.message : String(caught);
  return new Terminal(
    'translator-failed',
    `The translator of ${change.table} failed with the row ${key} (${change.op}): ${message}. Correct the translator and go on: ` +
      'the row waits, and nothing after it was taken.',
    { cause: caught, ...(caught instanceof BanyanError ? { details: caught.details } : {}) },
  );
}
