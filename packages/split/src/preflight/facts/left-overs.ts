import { feedName, schemaName } from '../../plan/names.ts';
import { otherSide, type SideName, type SplitPlan } from '../../plan/split-plan.ts';
import { schemaNote } from '../../sides/prepare-side.ts';
import type { Ask } from './session.ts';

/** Something on a server that has a name which a split is about to use, and that this split did not make. */
export interface LeftOver {
  readonly kind: 'schema' | 'publication' | 'subscription' | 'slot';
  readonly name: string;
  /** The database that it is of, where that is another one; slots have one name for the whole server. */
  readonly database?: string;
  /** Tables in a schema, beside what every split has there. */
  readonly tables?: readonly string[];
}

const schemaSql = `
  select obj_description(n.oid, 'pg_namespace') as note, array(
    select c.relname::text from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p') and c.relname not in ('signal', 'verifying', 'aside', 'pace')
    order by 1 limit 20) as tables
  from pg_namespace n where n.nspname = $1`;

const namesSql = `
  select 'publication' as kind, pubname::text as name, null::text as database from pg_publication where pubname = $1
  union all select 'subscription', s.subname, null from pg_subscription s
    where s.subname = $2 and s.subdbid = (select oid from pg_database where datname = current_database())
  union all select 'slot', slot_name, nullif(database, current_database()) from pg_replication_slots where slot_name = $1
  order by 1 desc`;

/**
 * What stands at one side under the names of a split without being of it. The schema is made first and says of which split it is; where
 * it is ours, so is what has been made after it in this database.
 */
export async function readLeftOvers(
  ask: Ask,
  plan: Pick<SplitPlan, 'name' | 'id'>,
  side: SideName,
): Promise<readonly LeftOver[]> {
  const [schema] = await ask<{ note: string | null; tables: string[] }>(schemaSql, [schemaName(plan)]);
  const isOurs = plan.id !== undefined && schema?.note === schemaNote(plan);
  const found = await ask<{ kind: LeftOver['kind']; name: string; database: string | null }>(namesSql, [
    feedName(plan, otherSide(side)),
    feedName(plan, side),
  ]);
  const named = found
    .filter(({ database }) => !isOurs || database !== null)
    .map(({ kind, name, database }) => ({ kind, name, ...(database === null ? {} : { database }) }));
  if (schema === undefined || isOurs) return named;
  return [...named, { kind: 'schema', name: schemaName(plan), tables: schema.tables }];
}
