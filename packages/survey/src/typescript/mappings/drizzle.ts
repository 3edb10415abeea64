import type { CallChain, FileFacts, UnitFacts } from '../../code/facts.ts';
import type { Finding, TableRef } from '../../code/finding.ts';

const makers = /^(pg|mysql|sqlite)Table$/;
const joins = /^(inner|left|right|full|cross)Join$/;

/** Drizzle: tables that are declared by calls, their references, and what is selected from and written to them by their names. */
export function* drizzle({ chains = [] }: UnitFacts, { imports }: FileFacts): Generator<Finding> {
  const uses = imports.some(({ from }) => /^drizzle-orm(\/|$)/.test(from));
  for (const chain of chains) {
    const declared = uses ? tableOf(chain) : undefined;
    if (declared !== undefined) yield* declares(chain, declared);
    else yield* queries(chain);
  }
}

function tableOf({ segments, assigned }: CallChain): CallChain['segments'][number] | undefined {
  // `pgTable('users', ...)`, `schema.table('users', ...)` and a maker of one's own for a prefix.
  const call = segments.find(
    ({ name, given }) => given !== undefined && (makers.test(name) || /^(table|create\w*Table)$/.test(name)),
  );
  return assigned !== undefined && call?.given?.[0]?.text !== undefined && call.given.length > 1
    ? call
    : undefined;
}

function* declares(
  { assigned, line }: CallChain,
  { given = [] }: CallChain['segments'][number],
): Generator<Finding> {
  const table = given[0]!.text!;
  const columns = Object.entries(given[1]?.properties ?? {}).map(([name, written]) => ({
    name: /^\w+\(\s*['"`]([^'"`]+)['"`]/.exec(written)?.[1] ?? name,
    written,
  }));
  yield { kind: 'declares', table, as: assigned, columns: columns.map(({ name }) => name), maps: true, line };
  for (const { name, written } of columns) {
    const to = /\.references\(\s*\(\s*\)\s*(?::[^=]*)?=>\s*(\w+)\.\w+/.exec(written)?.[1];
    if (to === undefined) continue;
    const cascades = /onDelete:\s*['"`]cascade/.test(written);
    yield {
      kind: 'refers',
      from: { table, isSure: true },
      to: { name: to },
      columns: [name],
      cascades,
      line,
    };
  }
}

function* queries({ segments, line, member }: CallChain): Generator<Finding> {
  const [reads, writes]: TableRef[][] = [[], []];
  for (const { name, given } of segments) {
    const first = given?.[0]?.name;
    if (first === undefined) continue;
    if (name === 'from' || joins.test(name)) reads!.push({ name: first });
    if (name === 'insert' || name === 'update' || name === 'delete') writes!.push({ name: first });
  }
  const relational = segments.findIndex(({ name }) => name === 'query');
  const asked = segments[relational + 1];
  if (
    relational >= 0 &&
    asked !== undefined &&
    /^find(Many|First)$/.test(segments[relational + 2]?.name ?? '')
  )
    reads!.push({ name: asked.name });
  if (reads!.length + writes!.length === 0) return;
  const set = segments.find(({ name }) => name === 'set')?.given?.[0]?.properties;
  const columns = writes!.length > 0 && set !== undefined ? { columns: Object.keys(set) } : {};
  yield { kind: 'queries', reads: reads!, writes: writes!, ...columns, line, member };
}
