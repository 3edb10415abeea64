import { megabytes } from './log.ts';
import type { Rule } from './rule.ts';
import { movableTables } from './rule.ts';

/** A server does not tell how much room its disk has; what is needed can be told. */
export const roomIsNeeded: Rule = (facts) => {
  const tables = movableTables(facts);
  const bytes = tables.reduce((sum, table) => sum + table.bytes + table.longBytes + table.indexBytes, 0);
  if (tables.length === 0) return [];
  return [
    {
      kind: 'room',
      severity: 'note',
      object: facts.target.server.database,
      message: `The tables and their indexes have ${megabytes(bytes)} (${tables.map((table) => `${table.name} ${megabytes(table.bytes + table.longBytes + table.indexBytes)}`).join(', ')}). How much room the disk of the target has can't be asked of a server.`,
      remedy: `Look at the disk of the target: twice as much, ${megabytes(bytes * 2)}, leaves room for the copy and its log.`,
    },
  ];
};
