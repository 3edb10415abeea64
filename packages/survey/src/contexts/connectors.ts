import type { Tie } from '../graph/graph.ts';

/** From how many ties on a module may be seen as one that connects contexts, and how evenly they must be spread. */
const leastTies = 3;
const leastSpread = 0.65;

/**
 * Modules that lean on several contexts alike, such as a facade over all of them. The spread is the participation coefficient over what
 * they use: 0 for one context, near 1 for all alike. R. Guimerà and L. A. N. Amaral, "Functional cartography of complex metabolic
 * networks", Nature 433, 2005.
 */
export function connectors(ties: readonly Tie[], contextOf: ReadonlyMap<string, number>): Set<string> {
  const uses = new Map<string, Map<number, number>>();
  for (const { from, to } of ties) {
    const context = contextOf.get(to);
    if (context === undefined || !contextOf.has(from)) continue;
    const counts = uses.get(from) ?? new Map<number, number>();
    uses.set(from, counts.set(context, (counts.get(context) ?? 0) + 1));
  }
  const found = new Set<string>();
  for (const [id, counts] of uses) {
    const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
    const same = [...counts.values()].reduce((sum, each) => sum + (each / all) ** 2, 0);
    if (all >= leastTies && 1 - same >= leastSpread) found.add(id);
  }
  return found;
}
