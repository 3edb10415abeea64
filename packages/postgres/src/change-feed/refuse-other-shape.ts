import type { Relation } from './pgoutput/relation.ts';
import { type PublishedTable, tableChanged } from './published-tables.ts';

/**
 * Compares a table as the log describes it with what it was known to be. Either may have columns more than the other at the
 * end, since columns that were added empty do no harm.
 * @throws Terminal `table-changed`
 */
export function refuseOtherShape(tables: readonly PublishedTable[], { table, columns }: Relation): void {
  const known = tables.find((one) => one.table === table);
  if (known === undefined)
    throw tableChanged(table, 'it is not one of the tables of this feed, or was renamed');
  const shared = Math.min(known.columns.length, columns.length);
  for (let index = 0; index < shared; index++) {
    const [, name, type, modifier] = known.columns[index]!;
    const found = columns[index]!;
    if (found.name !== name) throw tableChanged(table, `its column ${name} was renamed or dropped`);
    if (found.type !== type || found.modifier !== modifier)
      throw tableChanged(table, `the type of its column ${name} was changed`);
  }
}
