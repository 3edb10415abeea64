import type { Proposal } from '../contexts/proposal.ts';
import type { CountedStatement } from '../database/read-statements.ts';
import type { Evidence, Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { shortName } from '../report/short-name.ts';
import { type Observation, observation } from './observation.ts';

/** From so many places on, where one calls the other or works on its tables, two contexts talk too much. */
const leastPlaces = 5;

interface Pair {
  readonly contexts: readonly [string, string];
  /** From the first to the second, and back. */
  readonly calls: [number, number];
  readonly tables: [number, number];
  perHour: number;
  most: { calls: number; from: string; to: string; evidence: readonly Evidence[] } | undefined;
}

/** Contexts that call each other in many places, or whose tables the server often finds in one statement, the worst first. */
export function* chattyPairs(
  graph: Graph,
  { contexts }: Proposal,
  statements: readonly CountedStatement[],
): Generator<Observation> {
  const contextOf = new Map(
    contexts.flatMap(({ name, modules }) => modules.map((id) => [id, name] as const)),
  );
  const ownerOf = new Map(
    contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
  );
  const pairs = new Pairs();
  for (const { from, to, kinds, evidence } of graph.ties)
    pairs.calls(contextOf.get(from), contextOf.get(to), { calls: kinds.calls ?? 0, from, to, evidence });
  for (const { module, table, reads, writes } of graph.tableUses)
    pairs.tables(contextOf.get(module), ownerOf.get(table), reads + writes);
  for (const { reads, writes, callsPerHour } of statements)
    pairs.statement(new Set([...reads, ...writes].map((table) => ownerOf.get(table))), callsPerHour);
  for (const pair of pairs.all()) yield said(pair);
}

class Pairs {
  readonly #pairs = new Map<string, Pair>();

  calls(a: string | undefined, b: string | undefined, most: NonNullable<Pair['most']>): void {
    const { pair, at } = this.#of(a, b);
    if (pair === undefined || most.calls === 0) return;
    pair.calls[at] += most.calls;
    if (most.calls > (pair.most?.calls ?? 0)) pair.most = most;
  }

  tables(a: string | undefined, b: string | undefined, times: number): void {
    const { pair, at } = this.#of(a, b);
    if (pair !== undefined) pair.tables[at] += times;
  }

  statement(owners: ReadonlySet<string | undefined>, perHour: number): void {
    const names = [...owners].filter((name) => name !== undefined).sort(compare);
    for (const [at, a] of names.entries())
      for (const b of names.slice(at + 1)) this.#of(a, b).pair!.perHour += perHour;
  }

  all(): Pair[] {
    return [...this.#pairs.values()]
      .filter((pair) => places(pair) >= leastPlaces || pair.perHour >= 1)
      .sort(
        (a, b) => places(b) - places(a) || b.perHour - a.perHour || compare(`${a.contexts}`, `${b.contexts}`),
      );
  }

  #of(a: string | undefined, b: string | undefined): { pair: Pair | undefined; at: 0 | 1 } {
    if (a === undefined || b === undefined || a === b) return { pair: undefined, at: 0 };
    const contexts: [string, string] = compare(a, b) < 0 ? [a, b] : [b, a];
    const key = contexts.join('\n');
    const pair = this.#pairs.get(key) ?? {
      contexts,
      calls: [0, 0],
      tables: [0, 0],
      perHour: 0,
      most: undefined,
    };
    this.#pairs.set(key, pair);
    return { pair, at: contexts[0] === a ? 0 : 1 };
  }
}

function places({ calls, tables }: Pair): number {
  return calls[0] + calls[1] + tables[0] + tables[1];
}

function said(pair: Pair): Observation {
  const [a, b] = pair.contexts;
  const ways = [
    way(a, b, pair.calls[0], pair.tables[0]),
    way(b, a, pair.calls[1], pair.tables[1]),
    pair.perHour >= 1
      ? `their tables stand in one statement ${Math.round(pair.perHour).toLocaleString('en-US')} times an hour`
      : '',
  ];
  const { most } = pair;
  const mostly = most === undefined ? '' : `, most of all ${shortName(most.from)} and ${shortName(most.to)}`;
  return observation('chatty pair', `${ways.filter((each) => each !== '').join(', ')}${mostly}`, {
    contexts: pair.contexts,
    modules: most === undefined ? [] : [most.from, most.to].sort(compare),
    evidence: most?.evidence ?? [],
    count: places(pair),
  });
}

function way(from: string, to: string, calls: number, tables: number): string {
  const parts = [
    calls > 0 ? `calls ${to} in ${calls} ${calls === 1 ? 'place' : 'places'}` : '',
    tables > 0 ? `works on its tables in ${tables}` : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) return '';
  return calls === 0
    ? `${from} works on tables of ${to} in ${tables} ${tables === 1 ? 'place' : 'places'}`
    : `${from} ${parts.join(' and ')}`;
}
