import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type pg from 'pg';
import type { SplitPlan } from '../plan/split-plan.ts';

const identitySql = `
  select array(
    select a.attname::text from pg_index i, pg_attribute a
    where i.indrelid = c.oid and a.attrelid = c.oid and a.attnum = any (i.indkey) and i.indisvalid and i.indimmediate
      and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident else false end
    order by a.attnum) as columns
  from pg_class c where c.oid = $1::regclass`;

/** SQLSTATE of a write that a publication forbids: invalid column reference. */
const columnNotPublished = '42P10';

/**
 * A publication over a table whose replica identity it does not hold makes the owner's own UPDATE and DELETE fail; that must
 * never be committed.
 * @throws Invalid `table-without-key`, `identity-not-published`, `filter-not-in-key`
 */
export async function refuseWithoutIdentity(client: pg.ClientBase, plan: SplitPlan): Promise<void> {
  for (const { name, columns, where } of plan.tables) {
    const { rows } = await client.query<{ columns: string[] }>(identitySql, [quoteTable(name)]);
    const identity = rows[0]?.columns ?? [];
    if (identity.length === 0) {
      throw new Invalid(
        'table-without-key',
        `${name} has no key by which a row could be named on the other side. Add a primary key, or a unique index over columns ` +
          `that are not null and: alter table ${quoteTable(name)} replica identity using index <index>;`,
      );
    }
    const missing = columns === undefined ? [] : identity.filter((column) => !columns.includes(column));
    if (missing.length > 0) {
      throw new Invalid(
        'identity-not-published',
        `The columns of ${name} leave out ${missing.join(', ')}, by which its rows are named: add them to its columns in the configuration.`,
      );
    }
    if (where !== undefined) await refuseWideFilter(client, name, identity[0]!);
  }
}

/** A plan is made as a statement is begun, which is where the server refuses one that it could not publish; nothing is run. */
async function refuseWideFilter(client: pg.ClientBase, name: string, column: string): Promise<void> {
  const same = `${quoteIdentifier(column)} = ${quoteIdentifier(column)}`;
  try {
    await client.query(`explain update only ${quoteTable(name)} set ${same} where false`);
  } catch (error) {
    const { code, detail } = error as { code?: string; detail?: string };
    if (code !== columnNotPublished) throw error;
    throw new Invalid(
      'filter-not-in-key',
      `The condition for the rows of ${name} that move can't be published (${detail ?? 'it uses a column outside the key'}): ` +
        'let it use columns of the primary key only, or add the column to the key.',
      { cause: error },
    );
  }
}
