import type { CallChain, FileFacts, UnitFacts } from '../../code/facts.ts';
import type { Finding, TableRef } from '../../code/finding.ts';

const builders = /(knex|trx|^tx$|^db$|database|connection|^qb$|query|transaction|sql)/i;
const joins = /^(\w*Join|join)$/;
const writes = /^(insert|update|del|delete|upsert|increment|decrement|truncate)$/;
const asks =
  /^(select|where\w*|andWhere|orWhere|first|pluck|count\w*|max|min|sum|join|\w+Join|orderBy|returning|distinct|insert|update|del|delete|upsert|increment|decrement|truncate|columns?|from|into|forUpdate|limit|groupBy|groupByRaw|whereRaw|as)$/;

/** Knex and builders like it: tables by their names as texts, in queries and in migrations. */
export function* knex({ chains = [] }: UnitFacts, _file: FileFacts): Generator<Finding> {
  for (const chain of chains) {
    yield* created(chain);
    yield* referred(chain);
    yield* queried(chain);
  }
}

function* created({ segments, line }: CallChain): Generator<Finding> {
  for (const { name, given } of segments) {
    const table = given?.[0]?.text;
    if (/^createTable(IfNotExists)?$/.test(name) && table !== undefined && isName(table))
      yield { kind: 'declares', table, line };
  }
}

/** `table.integer('org_id').references('id').inTable('orgs')` inside of what creates or alters a table. */
function* referred({ segments, inside, line }: CallChain): Generator<Finding> {
  if (inside === undefined) return;
  const given = (wanted: string) => segments.find(({ name }) => name === wanted)?.given?.[0];
  const target = given('references')?.text;
  const to = given('inTable')?.text ?? (target?.includes('.') === true ? target.split('.')[0] : undefined);
  if (to === undefined) return;
  const column = segments.find(({ given: args }) => args?.[0]?.text !== undefined)?.given?.[0]?.text;
  const cascades = /cascade/i.test(given('onDelete')?.text ?? '');
  yield {
    kind: 'refers',
    from: { table: inside, isSure: true },
    to: { table: to, isSure: true },
    columns: column === undefined ? [] : [column],
    cascades,
    line,
  };
}

function* queried({ segments, line, member }: CallChain): Generator<Finding> {
  const calls = segments.filter(({ given }) => given !== undefined);
  if (!calls.some(({ name }) => asks.test(name))) return;
  const isBuilder = segments.some(({ name }) => builders.test(name));
  const tables: TableRef[] = [];
  for (const [at, { name, given }] of calls.entries()) {
    // Of a chain the first call may name the table itself: `knex('users as u')`.
    const isRoot = at === 0 && builders.test(name) && calls.length > 1;
    if (!isRoot && name !== 'from' && name !== 'into' && name !== 'table' && !joins.test(name)) continue;
    const written = given?.[0]?.text ?? Object.values(given?.[0]?.properties ?? {})[0];
    const table = written?.trim().split(/\s+(?:as\s+)?/i)[0];
    if (table !== undefined && isName(table)) tables.push({ table, isSure: isBuilder });
  }
  const [target, ...others] = tables;
  if (target === undefined) return;
  const change = calls.find(({ name }) => writes.test(name));
  const set = change?.name === 'update' ? change.given?.[0]?.properties : undefined;
  yield {
    kind: 'queries',
    reads: change === undefined ? tables : others,
    writes: change === undefined ? [] : [target],
    ...(set === undefined ? {} : { columns: Object.keys(set) }),
    line,
    member,
  };
}

function isName(text: string): boolean {
  return /^["`]?[a-z_][\w$]*["`]?(\.["`]?[a-z_][\w$]*["`]?)?$/i.test(text);
}
