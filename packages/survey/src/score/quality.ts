import type { Proposal } from '../contexts/proposal.ts';
import type { Graph } from '../graph/graph.ts';
import { reachOf } from '../graph/reach.ts';

/**
 * What is said of a partition without knowing a right one, by the formulas as published; over static calls, because nothing was run.
 * Shared modules are in no context and count nowhere.
 */
export interface Quality {
  /** Business context purity: mean entropy of the use cases (entry points that reach a class) of a context; lower is better. Kalia et al., "Mono2Micro", ESEC/FSE 2021. */
  readonly bcp: number;
  /** Inter-call percentage, 0 to 1: calls between contexts of all calls between classes; lower is better. Ibid. */
  readonly icp: number;
  /** Structural modularity: mean cohesion of contexts less mean coupling of pairs; higher is better. Jin et al., TSE 2021. */
  readonly sm: number;
  /** Interface number: classes of a context that others call, mean of all; lower is better. Ibid. */
  readonly ifn: number;
  /** Non-extreme distribution, 0 to 1: the share of classes in contexts of fewer than 5 or more than 20; lower is better. Mono2Micro. */
  readonly ned: number;
  /** Transaction purity, 0 to 1: of the transactions that reach a table, those whose tables are all of one context; `undefined` without any. */
  readonly transactionPurity: number | undefined;
}

const extreme = { below: 5, above: 20 };

export function qualityOf(graph: Graph, { contexts }: Proposal): Quality {
  const contextOf = new Map(contexts.flatMap(({ modules }, at) => modules.map((id) => [id, at] as const)));
  const sizes = contexts.map(({ modules }) => modules.length);
  const counted = sizes.reduce((sum, each) => sum + each, 0);
  const inExtremes = sizes.filter((size) => size < extreme.below || size > extreme.above);
  const pairs = graph.ties.flatMap(({ from, to, kinds }) => {
    const [a, b] = [contextOf.get(from), contextOf.get(to)];
    return a === undefined || b === undefined ? [] : [{ a, b, to, calls: kinds.calls ?? 0 }];
  });
  const calls = pairs.filter((pair) => pair.calls > 0);
  const between = calls.filter(({ a, b }) => a !== b);
  return {
    bcp: mean(useCaseEntropies(graph, contextOf, contexts.length)),
    icp: ratio(
      between.reduce((sum, pair) => sum + pair.calls, 0),
      calls.reduce((sum, pair) => sum + pair.calls, 0),
    ),
    sm: structuralModularity(pairs, sizes),
    ifn: mean(contexts.map((_, at) => new Set(between.filter(({ b }) => b === at).map(({ to }) => to)).size)),
    ned: ratio(
      inExtremes.reduce((sum, each) => sum + each, 0),
      counted,
    ),
    transactionPurity: transactionPurity(graph, contexts),
  };
}

function useCaseEntropies(graph: Graph, contextOf: ReadonlyMap<string, number>, contexts: number): number[] {
  const reach = reachOf(graph);
  const counts = Array.from({ length: contexts }, () => new Map<string, number>());
  for (const { name, module, member } of graph.endpoints)
    for (const id of reach(module, member).modules) {
      const context = contextOf.get(id);
      if (context !== undefined) counts[context]!.set(name, (counts[context]!.get(name) ?? 0) + 1);
    }
  return counts.map((each) => entropy([...each.values()]));
}

function structuralModularity(pairs: readonly { a: number; b: number }[], sizes: readonly number[]): number {
  const K = sizes.length;
  if (K === 0) return 0;
  let [cohesion, coupling] = [0, 0];
  for (const { a, b } of pairs) {
    if (a === b) cohesion += 1 / sizes[a]! ** 2;
    else coupling += 1 / (2 * sizes[a]! * sizes[b]!);
  }
  return cohesion / K - (K > 1 ? coupling / ((K * (K - 1)) / 2) : 0);
}

function transactionPurity(graph: Graph, contexts: Proposal['contexts']): number | undefined {
  const owner = new Map(contexts.flatMap(({ tables }, at) => tables.map((name) => [name, at] as const)));
  const reach = reachOf(graph);
  const touched = graph.transactions
    .map(({ module, member }) => {
      const { reads, writes } = reach(module, member === '*' ? undefined : member);
      return new Set([...reads, ...writes].map((table) => owner.get(table)).filter((at) => at !== undefined));
    })
    .filter(({ size }) => size > 0);
  return touched.length === 0 ? undefined : touched.filter(({ size }) => size === 1).length / touched.length;
}

function entropy(counts: readonly number[]): number {
  const all = counts.reduce((sum, each) => sum + each, 0);
  return -counts.reduce((sum, each) => sum + (each / all) * Math.log(each / all), 0) || 0;
}

function mean(values: readonly number[]): number {
  return ratio(
    values.reduce((sum, each) => sum + each, 0),
    values.length,
  );
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
