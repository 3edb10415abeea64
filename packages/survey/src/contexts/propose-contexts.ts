import { addTo } from '../graph/add-to.ts';
import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { affinity } from './affinity.ts';
import { communities } from './communities.ts';
import { connectors } from './connectors.ts';
import { nameContexts } from './name-contexts.ts';
import type { ModulePlacement, Proposal, ProposedContext, SharedModule } from './proposal.ts';
import { supportModules } from './support.ts';
import { tableOwners } from './table-owners.ts';
import type { WeightedGraph } from './weighted-graph.ts';

type Words = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A context has at least so many modules; what is alone is placed where it is drawn to. */
const leastModules = 2;
/** And without a table of its own at least this part of all modules: in a large program what is smaller is a corner of another. */
const leastShare = 0.01;
/** Of the uses of a module that others build upon, the share that must be of one context for it to belong there. */
const claim = 0.75;

/**
 * Proposes bounded contexts from what the code says of itself. How many there are is found, not given, and the same graph has the same
 * answer. First what is shared and what connects is set aside, then communities are found among the rest, by their ties, words and data
 * together, and then each module that was set aside is placed where it is drawn to, or named as shared.
 */
export function proposeContexts(graph: Graph, words: Words): Proposal {
  const ids = graph.modules.map(({ id }) => id);
  const near = affinity(graph, words, ids);
  const support = supportModules(graph);
  const loose = unattached(graph, support);
  const core = ids.filter((id) => !support.has(id) && !loose.has(id));
  const first = communities(graph, words, core);
  const connecting = connectors(graph.ties, first);
  const found =
    connecting.size === 0
      ? first
      : communities(
          graph,
          words,
          core.filter((id) => !connecting.has(id)),
        );
  const contextOf = withoutSmall(found, graph);
  const pulls = new Map(ids.map((id, at) => [id, pullsOf(at, ids, near, contextOf)]));
  const aside = ids.filter((id) => !contextOf.has(id) && !support.has(id));
  const decided = new Map(contextOf);
  for (const id of aside) {
    const [strongest] = pulls.get(id)!;
    if (strongest !== undefined) decided.set(id, strongest[0]);
  }
  const uses = usersByContext(graph, support, decided);
  for (const id of support) {
    const [strongest] = uses.get(id) ?? [];
    if (strongest !== undefined && strongest[1] > claim) decided.set(id, strongest[0]);
  }
  return described({ graph, words, decided, support, connecting, loose, pulls, uses });
}

/** Modules that nothing but support ties to the rest: no user, no table, nothing that they use. */
function unattached({ modules, ties, tableUses }: Graph, support: ReadonlySet<string>): Set<string> {
  const attached = new Set(tableUses.map(({ module }) => module));
  for (const { from, to } of ties) {
    if (!support.has(to)) attached.add(from);
    if (!support.has(from)) attached.add(to);
  }
  return new Set(modules.map(({ id }) => id).filter((id) => !attached.has(id) && !support.has(id)));
}

function withoutSmall(
  found: ReadonlyMap<string, number>,
  { modules, tableUses }: Graph,
): Map<string, number> {
  const sizes = new Map<number, number>();
  for (const context of found.values()) sizes.set(context, (sizes.get(context) ?? 0) + 1);
  const keeping = new Set(
    tableUses.filter(({ maps, writes }) => maps || writes > 0).map(({ module }) => found.get(module)),
  );
  const isLarge = (context: number) =>
    sizes.get(context)! >= leastModules &&
    (keeping.has(context) || sizes.get(context)! >= leastShare * modules.length);
  return new Map([...found].filter(([, context]) => isLarge(context)));
}

/** Contexts with their share of what draws a module, the strongest first. */
type Pulls = readonly (readonly [context: number, share: number])[];

function pullsOf(
  at: number,
  ids: readonly string[],
  near: WeightedGraph,
  contextOf: ReadonlyMap<string, number>,
): Pulls {
  const towards = new Map<number, number>();
  for (const [other, weight] of near.rows[at]!) {
    const context = contextOf.get(ids[other]!);
    if (context !== undefined) towards.set(context, (towards.get(context) ?? 0) + weight);
  }
  return shares(towards);
}

function shares(towards: ReadonlyMap<number, number>): Pulls {
  const all = [...towards.values()].reduce((sum, each) => sum + each, 0);
  return [...towards]
    .map(([context, weight]) => [context, weight / all] as const)
    .sort(([a, x], [b, y]) => y - x || a - b);
}

/** Which contexts use a module that others build upon, also through other such modules. */
function usersByContext(
  { ties }: Graph,
  support: ReadonlySet<string>,
  decided: ReadonlyMap<string, number>,
): Map<string, Pulls> {
  const users = new Map<string, string[]>();
  for (const { from, to } of ties) addTo(users, to, from);
  const count = (id: string, counts: Map<number, number>, seen: Set<string>): Map<number, number> => {
    if (seen.has(id)) return counts;
    seen.add(id);
    for (const user of users.get(id) ?? []) {
      const context = decided.get(user);
      if (support.has(user)) count(user, counts, seen);
      else if (context !== undefined) counts.set(context, (counts.get(context) ?? 0) + 1);
    }
    return counts;
  };
  return new Map([...support].map((id) => [id, shares(count(id, new Map(), new Set()))]));
}

interface Decided {
  readonly graph: Graph;
  readonly words: Words;
  readonly decided: ReadonlyMap<string, number>;
  readonly support: ReadonlySet<string>;
  readonly connecting: ReadonlySet<string>;
  readonly loose: ReadonlySet<string>;
  readonly pulls: ReadonlyMap<string, Pulls>;
  readonly uses: ReadonlyMap<string, Pulls>;
}

function described({ graph, words, decided, ...aside }: Decided): Proposal {
  const members = new Map<number, string[]>();
  for (const [id, context] of decided) addTo(members, context, id);
  const tablesOf = new Map<number, string[]>();
  for (const [table, owner] of tableOwners(graph, decided)) addTo(tablesOf, owner, table);
  const kept = new Map(
    [...members].map(([context, modules]) => [context, { modules, tables: tablesOf.get(context) ?? [] }]),
  );
  const named = nameContexts(kept, graph, words);
  const nameOf = (context: number) => named.get(context)!.name;
  const contexts = [...kept].map(
    ([context, { modules, tables }]): ProposedContext => ({
      ...named.get(context)!,
      modules: modules.sort(compare),
      tables,
    }),
  );
  const placements: ModulePlacement[] = [];
  const shared: SharedModule[] = [];
  for (const { id } of graph.modules) {
    const context = decided.get(id);
    const drawn = aside.support.has(id) ? aside.uses.get(id)! : aside.pulls.get(id)!;
    if (context === undefined) {
      const usedBy = (aside.uses.get(id) ?? []).map(([each]) => nameOf(each)).sort(compare);
      const [home] = drawn[0] === undefined ? aside.pulls.get(id)! : drawn;
      shared.push({
        module: id,
        usedBy,
        home: home === undefined ? undefined : nameOf(home[0]),
        why: usedBy.length > 0 ? 'several contexts build upon it' : 'nothing ties it to any context',
      });
      continue;
    }
    const second = drawn.find(([each]) => each !== context);
    placements.push({
      module: id,
      context: nameOf(context),
      share: drawn.find(([each]) => each === context)?.[1] ?? 1,
      second: second === undefined ? undefined : { context: nameOf(second[0]), share: second[1] },
      why: reason(id, aside),
    });
  }
  return {
    contexts: contexts.sort((a, b) => b.modules.length - a.modules.length || compare(a.name, b.name)),
    placements,
    shared,
  };
}

function reason(
  id: string,
  { support, connecting, loose }: Pick<Decided, 'support' | 'connecting' | 'loose'>,
) {
  if (support.has(id)) return 'only this context uses it';
  if (connecting.has(id)) return 'it leans on several contexts, most on this one';
  return loose.has(id) ? 'its words are those of this context' : 'it hangs together with the rest';
}
