import { quoteTable } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type { SplitPlan, SplitTable } from '../plan/split-plan.ts';
import { sequencePairs } from '../sequences/sequences.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';

/** A column as the view under the old name has it. */
export interface BridgedColumn {
  readonly name: string;
  readonly type: string;
  /** As SQL text; null where it is the type's own. */
  readonly collation: string | null;
  /** The default, or what generates it, as SQL. */
  readonly default: string | null;
  /** `s` stored, `v` virtual, nothing otherwise. */
  readonly generated: string;
  /** The sequence at the new owner that numbers it, as SQL text. */
  readonly sequence: string | null;
}

/** A table whose old name reaches the new owner. */
export interface BridgedTable {
  readonly name: string;
  readonly oldName: string;
  /** To whom the view under the old name belongs. */
  readonly owner: string;
  readonly ownerIsSuperuser: boolean;
  readonly columns: readonly BridgedColumn[];
}

/** What a bridge is made of. */
export type BridgeFacts = readonly BridgedTable[];

const viewsSql = `
  select wanted.name, v.oid::text as oid, pg_get_userbyid(v.relowner)::text as owner, r.rolsuper as "ownerIsSuperuser"
  from unnest($1::text[], $2::text[]) as wanted(name, quoted)
  join pg_class v on v.oid = to_regclass(wanted.quoted) and v.relkind = 'v' join pg_roles r on r.oid = v.relowner`;

/** The view says which columns, the table under it what they are. */
const columnsSql = `
  select o.attname::text as name, format_type(t.atttypid, t.atttypmod) as type,
    (select quote_ident(n.nspname) || '.' || quote_ident(l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace
     where l.oid = t.attcollation and t.attcollation <> y.typcollation) as collation,
    pg_get_expr(d.adbin, d.adrelid) as default, t.attgenerated as generated
  from pg_attribute o join pg_attribute t on t.attrelid = $2::regclass and t.attname = o.attname and not t.attisdropped
  join pg_type y on y.oid = t.atttypid left join pg_attrdef d on d.adrelid = t.attrelid and d.adnum = t.attnum
  where o.attrelid = $1::oid and o.attnum > 0 order by o.attnum`;

/**
 * Reads what the tables look like under their old names.
 * @throws Invalid `bridge-without-stage`
 */
export async function readBridgeFacts(sides: Sides, plan: SplitPlan): Promise<BridgeFacts> {
  const pairs = await sequencePairs(sides, plan);
  const { pool } = sides.source;
  const named = plan.tables.filter(({ oldName }) => oldName !== undefined);
  const old = named.map((table) => table.oldName!);
  const views = await ask<{ name: string; oid: string; owner: string; ownerIsSuperuser: boolean }>(
    pool,
    viewsSql,
    [old, old.map(quoteTable)],
  );
  const facts: BridgedTable[] = [];
  for (const table of plan.tables) {
    const view = views.find(({ name }) => name === table.oldName);
    if (view === undefined || table.oldName === undefined) throw withoutStage(plan, table);
    const columns = await ask<Omit<BridgedColumn, 'sequence'>>(pool, columnsSql, [
      view.oid,
      quoteTable(table.name),
    ]);
    facts.push({
      name: table.name,
      oldName: table.oldName,
      owner: view.owner,
      ownerIsSuperuser: view.ownerIsSuperuser,
      columns: columns.map((column) => ({
        ...column,
        sequence:
          pairs.find(({ target }) => target?.table === table.name && target.column === column.name)?.target
            ?.sequence ?? null,
      })),
    });
  }
  return facts;
}

function withoutStage({ name }: SplitPlan, table: SplitTable): Invalid {
  return new Invalid(
    'bridge-without-stage',
    `${table.oldName ?? table.name} is no view at the source, so its name can't be turned to the new owner: ` +
      `draw the seam first, with banyan split seam ${name}`,
  );
}
