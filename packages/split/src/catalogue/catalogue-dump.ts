import type pg from 'pg';
import { catalogueQueries } from './catalogue-queries.ts';

/**
 * Everything that the catalogues of a database hold but for its rows, one line for each object, in order: schemas, relations with their
 * columns, constraints, indexes, triggers, rules, policies, functions, types, sequences, publications, subscriptions, slots, roles and
 * their settings, rights, comments. Two dumps are equal where nothing was changed, or everything was changed back; numbers that the
 * server gives to objects are left out. Reads in one snapshot and changes nothing.
 */
export async function catalogueDump(pool: pg.Pool): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    // Without a search path the server writes every name in full.
    await client.query(
      `begin transaction isolation level repeatable read read only; set local search_path = ''`,
    );
    const lines: string[] = [];
    for (const sql of catalogueQueries) {
      const { rows } = await client.query<{ line: string }>(sql);
      lines.push(...rows.map(({ line }) => line));
    }
    await client.query('commit');
    client.release();
    return lines.sort();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** What two dumps differ in: lines that are gone with a `-`, and new ones with a `+`. Empty where nothing was left behind. */
export function catalogueDiff(before: readonly string[], after: readonly string[]): readonly string[] {
  const without = (lines: readonly string[], others: readonly string[]) => {
    const known = new Set(others);
    return lines.filter((line) => !known.has(line));
  };
  return [
    ...without(before, after).map((line) => `- ${line}`),
    ...without(after, before).map((line) => `+ ${line}`),
  ];
}
