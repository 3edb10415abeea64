import { compare } from '../graph/tie-collector.ts';

/** To whom each node leads. */
export type Leads = ReadonlyMap<string, readonly string[]>;

/**
 * Nodes that all lead to each other, two at least, the largest first. R. Tarjan, "Depth-first search and linear graph algorithms", SIAM
 * Journal on Computing 1, 1972; with a stack of its own, because chains of files are longer than that of the engine.
 */
export function strongComponents(leads: Leads): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const waiting: string[] = [];
  const isWaiting = new Set<string>();
  const found: string[][] = [];
  for (const root of leads.keys()) {
    if (index.has(root)) continue;
    const open: { node: string; next: number }[] = [{ node: root, next: 0 }];
    while (open.length > 0) {
      const here = open.at(-1)!;
      const { node } = here;
      if (here.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node)!);
        waiting.push(node);
        isWaiting.add(node);
      }
      const to = leads.get(node)?.[here.next++];
      if (to !== undefined) {
        if (!index.has(to)) open.push({ node: to, next: 0 });
        else if (isWaiting.has(to)) low.set(node, Math.min(low.get(node)!, index.get(to)!));
        continue;
      }
      open.pop();
      const parent = open.at(-1)?.node;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(node)!));
      if (low.get(node) !== index.get(node)) continue;
      const members = waiting.splice(waiting.lastIndexOf(node));
      for (const member of members) isWaiting.delete(member);
      if (members.length > 1) found.push(members.sort(compare));
    }
  }
  return found.sort((a, b) => b.length - a.length || compare(a[0]!, b[0]!));
}

/** The shortest way from one node to another through these nodes, both ends included; `undefined` if there is none. */
export function shortestWay(
  leads: Leads,
  from: string,
  to: string,
  within: ReadonlySet<string>,
): string[] | undefined {
  const before = new Map<string, string>([[from, from]]);
  const open = [from];
  for (const node of open) {
    if (node === to) break;
    for (const next of leads.get(node) ?? [])
      if (within.has(next) && !before.has(next)) {
        before.set(next, node);
        open.push(next);
      }
  }
  if (!before.has(to)) return undefined;
  const way = [to];
  while (way[0] !== from) way.unshift(before.get(way[0]!)!);
  return way;
}
