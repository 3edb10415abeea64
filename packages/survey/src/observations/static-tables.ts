import type { Proposal } from '../contexts/proposal.ts';
import type { CountedStatement } from '../database/read-statements.ts';
import type { DatabaseFacts } from '../database/survey-database.ts';
import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { someOf } from '../report/some-of.ts';
import { type Observation, observation } from './observation.ts';

/** Of the statements that read a table at most this part may write it: something has filled it. */
const seldom = 0.05;

/**
 * Tables of static data: read or referred to, and written by no code, no counted statement and no watched transaction. A table of a mapping
 * must be read by a module that asks for nothing else, because a mapping writes what nobody says.
 */
export function* staticTables(
  graph: Graph,
  { contexts }: Proposal,
  live: DatabaseFacts | undefined,
): Generator<Observation> {
  const contextOf = new Map(
    contexts.flatMap(({ name, modules }) => modules.map((id) => [id, name] as const)),
  );
  const ownerOf = new Map(
    contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
  );
  const changed = changedTables(live);
  const isWithoutCode = graph.modules.length === 0;
  const used = new Set(graph.tableUses.map(({ table }) => table));
  // What a function of the database does to a table is not known.
  for (const { kind, tables } of graph.databaseCode)
    if (kind === 'function') for (const table of tables) changed.add(table);
  if (isWithoutCode && live?.statements.length === 0 && live.writes === undefined) return;
  const told: Observation[] = [];
  for (const { name, evidence } of graph.tables) {
    if (changed.has(name)) continue;
    const uses = graph.tableUses.filter(({ table }) => table === name);
    if (uses.some(({ writes }) => writes > 0)) continue;
    const readers = uses.filter(({ reads }) => reads > 0);
    const keys = graph.foreignKeys.filter(
      ({ from, to }) => to === name && from !== name && (isWithoutCode || used.has(from)),
    );
    const owned = graph.foreignKeys.some(({ from, cascades }) => from === name && cascades);
    if (owned || (readers.length === 0 && (uses.length > 0 || keys.length === 0))) continue;
    // Rows that refer to others are facts about those; static data is referred to.
    if (isWithoutCode && graph.foreignKeys.some(({ from }) => from === name)) continue;
    const by = names([
      ...readers.map(({ module }) => contextOf.get(module)),
      ...keys.map(({ from }) => ownerOf.get(from)),
    ]);
    const owner = ownerOf.get(name);
    const from = [...new Set(keys.map((key) => key.from))].sort(compare);
    const who = [
      by.length === 0 ? '' : `read by ${someOf(by)}`,
      from.length === 0 ? '' : `referred to by ${someOf(from)}`,
    ].filter((each) => each !== '');
    const says = `${name} is ${[...who, ...(isWithoutCode ? ['seldom written'] : ['written by no code'])].join(', ')}`;
    told.push(
      observation('static data', says, {
        contexts: names([owner, ...by]),
        modules: [...new Set(readers.map(({ module }) => module))].sort(compare),
        tables: [name],
        evidence: [...evidence, ...readers.flatMap((use) => use.evidence)],
        count: by.length,
      }),
    );
  }
  yield* told.sort((a, b) => b.count - a.count || compare(a.tables[0]!, b.tables[0]!));
}

/** Tables of which the live database tells that they are written, by more than what filled them. */
function changedTables(live: DatabaseFacts | undefined): Set<string> {
  if (live === undefined) return new Set();
  const { catalogue, statements, writes } = live;
  const [read, written] = [perHour(statements, 'reads'), perHour(statements, 'writes')];
  return new Set([
    ...[...written]
      .filter(([table, times]) => times > seldom * (read.get(table) ?? 0))
      .map(([table]) => table),
    ...(writes?.together ?? []).flatMap(({ tables }) => tables),
    ...catalogue.tables
      .filter(({ rows, written }) => rows >= 0 && written > 1.1 * rows + 10)
      .map(({ name }) => name),
  ]);
}

function perHour(statements: readonly CountedStatement[], what: 'reads' | 'writes'): Map<string, number> {
  const times = new Map<string, number>();
  for (const statement of statements)
    for (const table of statement[what]) times.set(table, (times.get(table) ?? 0) + statement.callsPerHour);
  return times;
}

function names(all: readonly (string | undefined)[]): string[] {
  return [...new Set(all.filter((name) => name !== undefined))].sort(compare);
}
