import { bondsOf, strength } from '../contexts/bonds.ts';
import type { Proposal } from '../contexts/proposal.ts';
import { addTo } from '../graph/add-to.ts';
import type { Evidence, Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { shortName } from '../report/short-name.ts';
import { type Observation, observation } from './observation.ts';
import { type Leads, shortestWay, strongComponents } from './rings.ts';

/** So many ties of one component are tried as the first of the shortest ring, and so many rings of contexts are told. */
const triedTies = 200;
const toldRings = 20;
const arrow = ' -> ';

/** Rings of contexts, of modules and of tables. Those of contexts come first, then those of modules that cross contexts. */
export function* cycles(graph: Graph, proposal: Proposal): Generator<Observation> {
  yield* ofContexts(graph, proposal);
  yield* ofModules(graph, proposal);
  yield* ofTables(graph);
}

/** Each context that leads back to itself, by the shortest ring, with the bond in it that is the least to cut. */
function* ofContexts(graph: Graph, proposal: Proposal): Generator<Observation> {
  const bonds = bondsOf(graph, proposal);
  const leads = leadsOf(bonds);
  const rings = new Map<string, string[]>();
  for (const members of strongComponents(leads)) {
    const within = new Set(members);
    for (const { from, to } of bonds) {
      if (!within.has(from) || !within.has(to)) continue;
      const way = shortestWay(leads, to, from, within)!;
      rings.set([...way].sort(compare).join('\n'), way);
    }
  }
  const bondOf = new Map(bonds.map((bond) => [`${bond.from}\n${bond.to}`, bond]));
  const told = [...rings.values()].map((way) => {
    const ring = firstFirst(way);
    const steps = pairs(ring).map(([from, to]) => bondOf.get(`${from}\n${to}`)!);
    const least = steps.reduce((a, b) => (strength(b) < strength(a) ? b : a));
    return { ring, least, weight: strength(least) };
  });
  told.sort(
    (a, b) => a.ring.length - b.ring.length || a.weight - b.weight || compare(`${a.ring}`, `${b.ring}`),
  );
  for (const { ring, least, weight } of told.slice(0, toldRings)) {
    const { from, to } = least;
    const says = `the contexts ${closed(ring)}; the least of it is that ${from} leans on ${to}, in ${weight} ${weight === 1 ? 'place' : 'places'}`;
    yield observation('cycle', says, {
      contexts: ring,
      evidence: placesOf(graph, proposal, from, to),
      count: ring.length,
    });
  }
}

function placesOf({ ties, tableUses }: Graph, { contexts }: Proposal, from: string, to: string): Evidence[] {
  const [mine, theirs] = [from, to].map((name) => contexts.find((context) => context.name === name)!);
  const [own, used] = [new Set(mine!.modules), new Set(theirs!.modules)];
  const kept = new Set(theirs!.tables);
  return [
    ...ties.filter((tie) => own.has(tie.from) && used.has(tie.to)).flatMap(({ evidence }) => evidence),
    ...tableUses
      .filter(({ module, table }) => own.has(module) && kept.has(table))
      .flatMap(({ evidence }) => evidence),
  ];
}

function* ofModules(graph: Graph, { contexts }: Proposal): Generator<Observation> {
  const contextOf = new Map(
    contexts.flatMap(({ name, modules }) => modules.map((id) => [id, name] as const)),
  );
  const leads = leadsOf(graph.ties);
  const told = strongComponents(leads).map((members) => {
    const among = [...new Set(members.map((id) => contextOf.get(id)).filter((name) => name !== undefined))];
    return { members, among: among.sort(compare), ring: ringOf(members, leads, contextOf) };
  });
  told.sort((a, b) => b.among.length - a.among.length || b.members.length - a.members.length);
  const tieOf = new Map(graph.ties.map((tie) => [`${tie.from}\n${tie.to}`, tie]));
  for (const { members, among, ring } of told) {
    const more = members.length - ring.length;
    const all = more > 0 ? `, and ${more} more that lead to each other` : '';
    const where = among.length > 1 ? `, of ${among.join(', ')}` : '';
    yield observation('cycle', `${closed(ring.map(shortName))}${all}${where}`, {
      contexts: among,
      modules: members,
      evidence: pairs(ring).flatMap(([from, to]) => tieOf.get(`${from}\n${to}`)!.evidence.slice(0, 1)),
      count: members.length,
    });
  }
}

/** The shortest ring in a component, if there is one that crosses contexts then of those. */
function ringOf(members: readonly string[], leads: Leads, contextOf: ReadonlyMap<string, string>): string[] {
  const within = new Set(members);
  const inside = members.flatMap((from) =>
    (leads.get(from) ?? []).filter((to) => within.has(to)).map((to) => [from, to] as const),
  );
  const across = inside.filter(([from, to]) => contextOf.get(from) !== contextOf.get(to));
  let best: string[] | undefined;
  for (const [from, to] of (across.length > 0 ? across : inside).slice(0, triedTies)) {
    const way = shortestWay(leads, to, from, within)!;
    if (best === undefined || way.length < best.length) best = way;
    if (best.length === 2) break;
  }
  return firstFirst(best!);
}

function* ofTables({ foreignKeys }: Graph): Generator<Observation> {
  const leads = leadsOf(foreignKeys);
  for (const members of strongComponents(leads)) {
    const ring = ringOf(members, leads, new Map());
    const keys = pairs(ring).map(
      ([from, to]) => foreignKeys.find((key) => key.from === from && key.to === to)!,
    );
    yield observation('cycle', `the foreign keys of ${closed(ring)}`, {
      tables: members,
      evidence: keys.flatMap(({ evidence }) => evidence.slice(0, 1)),
      count: members.length,
    });
  }
}

function leadsOf(edges: readonly { readonly from: string; readonly to: string }[]): Leads {
  const leads = new Map<string, string[]>();
  for (const { from, to } of edges) if (from !== to) addTo(leads, from, to);
  return leads;
}

/** The ring from its first member in order on. */
function firstFirst(ring: readonly string[]): string[] {
  const at = ring.indexOf([...ring].sort(compare)[0]!);
  return [...ring.slice(at), ...ring.slice(0, at)];
}

function pairs(ring: readonly string[]): (readonly [string, string])[] {
  return ring.map((from, at) => [from, ring[(at + 1) % ring.length]!] as const);
}

function closed(ring: readonly string[]): string {
  return [...ring, ring[0]!].join(arrow);
}
