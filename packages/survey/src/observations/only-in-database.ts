import type { Proposal } from '../contexts/proposal.ts';
import type { DatabaseFacts } from '../database/survey-database.ts';
import { addTo } from '../graph/add-to.ts';
import type { DatabaseCode, Evidence, Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { someOf } from '../report/some-of.ts';
import { type Observation, observation } from './observation.ts';

/** Tables in which tools for migrations keep what they did. */
const ofTools =
  /migrat|schema_history|schema_version|schema_info|databasechangelog|alembic_version|ar_internal_metadata/;

/**
 * What only the database knows: tables that no code works on, those that refer to each other as one concept; rules that triggers and
 * functions keep; views that no code reads; tables that something else writes than this code. Tables that do nothing but link two others
 * are left out, because mappings keep them without naming them.
 */
export function* onlyInDatabase(
  graph: Graph,
  { contexts }: Proposal,
  live: DatabaseFacts | undefined,
): Generator<Observation> {
  const ownerOf = new Map(
    contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
  );
  const owners = (tables: readonly string[]) =>
    [...new Set(tables.map((table) => ownerOf.get(table)).filter((name) => name !== undefined))].sort(
      compare,
    );
  if (graph.modules.length > 0) {
    yield* tablesWithoutCode(graph, owners);
    yield* writtenByOthers(graph, owners, live);
  }
  yield* rules(graph, owners);
}

type Owners = (tables: readonly string[]) => string[];

function* tablesWithoutCode(
  { tables, tableUses, foreignKeys }: Graph,
  owners: Owners,
): Generator<Observation> {
  const used = new Set(tableUses.map(({ table }) => table));
  const alone = tables.filter(
    ({ name, from }) => !used.has(name) && (from === 'schema' || from === 'database') && !ofTools.test(name),
  );
  const names = new Set(alone.map(({ name }) => name));
  const beside = new Map<string, string[]>();
  for (const { from, to } of foreignKeys) {
    if (!names.has(from) || !names.has(to)) continue;
    addTo(beside, from, to);
    addTo(beside, to, from);
  }
  const evidenceOf = new Map(alone.map(({ name, evidence }) => [name, evidence]));
  const seen = new Set<string>();
  for (const { name } of alone) {
    if (seen.has(name)) continue;
    const concept = new Set([name]);
    for (const each of concept) for (const other of beside.get(each) ?? []) concept.add(other);
    for (const each of concept) seen.add(each);
    const all = [...concept].sort(compare);
    const isLink =
      all.length === 1 &&
      isLinkTable(
        tables.find((table) => table.name === name)!.columns,
        foreignKeys.filter(({ from }) => from === name),
      );
    if (isLink) continue;
    const around = foreignKeys
      .filter(({ from, to }) => concept.has(from) !== concept.has(to))
      .map(({ from, to }) => (concept.has(from) ? to : from));
    const beyond = [...new Set(around)].sort(compare);
    const tied =
      beyond.length === 0
        ? ''
        : `; foreign keys tie ${all.length === 1 ? 'it' : 'them'} to ${someOf(beyond)}`;
    const says = `no code works on ${all.length === 1 ? 'the table' : 'the tables'} ${someOf(all)}${tied}`;
    yield observation('only in the database', says, {
      contexts: owners(beyond),
      tables: all,
      evidence: all.flatMap((each) => evidenceOf.get(each)!.slice(0, 2)),
      count: all.length,
    });
  }
}

/** A table that has nothing but the keys of two others, or hardly more. */
function isLinkTable(columns: readonly string[], keys: Graph['foreignKeys']): boolean {
  const ofKeys = new Set(keys.flatMap((key) => key.columns));
  return keys.length >= 2 && columns.filter((column) => !ofKeys.has(column)).length <= 1;
}

/** Tables that the log shows to be written though no code here does it. */
function* writtenByOthers(
  { tableUses }: Graph,
  owners: Owners,
  live: DatabaseFacts | undefined,
): Generator<Observation> {
  const writes = live?.writes;
  if (live === undefined || writes === undefined) return;
  const known = new Set(live.catalogue.tables.map(({ name }) => name));
  const byCode = new Set(
    tableUses.filter(({ writes: times, maps }) => times > 0 || maps).map(({ table }) => table),
  );
  const times = new Map<string, number>();
  for (const { tables, transactions } of writes.together)
    for (const table of tables)
      if (known.has(table) && !byCode.has(table) && !ofTools.test(table))
        times.set(table, (times.get(table) ?? 0) + transactions);
  for (const [table, count] of [...times].sort(([a, x], [b, y]) => y - x || compare(a, b)))
    yield observation(
      'only in the database',
      `${table} was written in ${count} watched ${count === 1 ? 'transaction' : 'transactions'}, and by no code here`,
      {
        contexts: owners([table]),
        tables: [table],
        count,
      },
    );
}

function* rules({ databaseCode, tableUses }: Graph, owners: Owners): Generator<Observation> {
  const triggered = new Set(databaseCode.flatMap(({ runs }) => runs ?? []));
  const used = new Set(tableUses.map(({ table }) => table));
  for (const code of databaseCode) {
    const { kind, name, tables, evidence } = code;
    const functions = databaseCode.filter((each) => each.kind === 'function' && each.name === code.runs);
    const touched = [...new Set([...tables, ...functions.flatMap((each) => each.tables)])].sort(compare);
    if ((kind === 'view' && used.has(name)) || (kind === 'function' && triggered.has(name))) continue;
    yield observation('only in the database', sentence(code, touched), {
      contexts: owners(touched),
      tables: touched,
      evidence: [...evidence, ...functions.flatMap((each): readonly Evidence[] => each.evidence)],
      count: touched.length,
    });
  }
}

function sentence({ kind, name, tables, runs }: DatabaseCode, touched: readonly string[]): string {
  if (kind === 'trigger') {
    const others = touched.filter((table) => !tables.includes(table));
    const also = others.length === 0 ? '' : `, which works on ${someOf(others)}`;
    return `a rule on ${someOf(tables)}: the trigger ${name} runs ${runs ?? 'code of its own'}${also}`;
  }
  const over = touched.length === 0 ? '' : ` over ${someOf(touched)}`;
  return kind === 'view' ? `the view ${name}${over}, which no code reads` : `the function ${name}${over}`;
}
