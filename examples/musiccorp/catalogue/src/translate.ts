import { type Row, type RowChange, type RowTranslator, type RowWrite, Terminal } from '@banyan/runtime';
import { type OwnColumn, ownTables } from './own-tables.ts';

/**
 * The anti-corruption layer: what a change of a row of the monolith means for our tables. Every row there has one here, so
 * nothing depends on what is stored; whether an item is withdrawn is a column, not the absence of the row, because an item that
 * comes back may come without its unchanged description.
 * @throws Terminal `column-missing` or a code of its own for a value that does not mean anything here.
 */
export const translate: RowTranslator = (change) => {
  const own = ownTables[change.table];
  if (own === undefined) return [];
  const { table, key, columns } = own;
  const keyOf = (row: Row): Row => ({ [key.name]: key.of(given(change, row, key.from)) });
  const upsert = (row: Row): RowWrite => ({
    op: 'upsert',
    table,
    key: keyOf(row),
    row: ownRow(columns, row),
  });
  const remove = (row: Row): RowWrite => ({ op: 'delete', table, key: keyOf(row) });
  switch (change.op) {
    case 'insert':
      return [upsert(complete(change, columns, change.row))];
    case 'update': {
      // Under replica identity full the old row has what the new one leaves out.
      const row = { ...change.old, ...change.row };
      const moved = change.old !== undefined && change.old[key.from] !== row[key.from];
      return moved ? [remove(change.old), upsert(complete(change, columns, row))] : [upsert(row)];
    }
    case 'delete':
      return [remove(change.old)];
    case 'truncate':
      return [{ op: 'truncate', table }];
  }
};

function ownRow(columns: readonly OwnColumn[], row: Row): Row {
  const known = columns.filter(({ from }) => row[from] !== undefined);
  return Object.fromEntries(known.map(({ name, from, of }) => [name, of(row[from] ?? null)]));
}

/** A row that is new here must have everything. */
function complete(change: RowChange, columns: readonly OwnColumn[], row: Row): Row {
  for (const { from } of columns) given(change, row, from);
  return row;
}

function given({ op, table }: RowChange, row: Row, column: string): string | null {
  const value = row[column];
  if (value !== undefined) return value;
  throw new Terminal(
    'column-missing',
    `An ${op} of ${table} came without its column ${column}: was it renamed or dropped? Correct the translation and ` +
      'start the subscription from 0.',
  );
}
