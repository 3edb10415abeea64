import type { Graph } from '../graph/graph.ts';

/**
 * Groups of modules that no split would take apart: an interface and what implements it alone, a table's class and the one module that
 * keeps its rows. The number of each module's group, by id.
 */
export function inseparable({ ties, modules }: Graph, ids: readonly string[]): Map<string, number> {
  const parent = new Map(ids.map((id) => [id, id]));
  const root = (id: string): string => {
    const up = parent.get(id)!;
    return up === id ? id : root(up);
  };
  const join = (a: string, b: string) =>
    void (parent.has(a) && parent.has(b) && parent.set(root(a), root(b)));
  const kinds = new Map(modules.map(({ id, kind }) => [id, kind]));
  const managed = new Map<string, string[]>();
  for (const { from, to, kinds: how } of ties) {
    if (how.implements !== undefined && kinds.get(to) === 'interface') {
      const implemented = ties.filter((each) => each.from === from && each.kinds.implements !== undefined);
      const implementers = ties.filter((each) => each.to === to && each.kinds.implements !== undefined);
      if (implemented.length === 1 && implementers.length <= 3) join(from, to);
    }
    if (how.manages !== undefined) managed.set(from, [...(managed.get(from) ?? []), to]);
  }
  for (const [keeper, kept] of managed) if (kept.length === 1) join(keeper, kept[0]!);
  const numbers = new Map<string, number>();
  return new Map(
    ids.map((id) => {
      const group = root(id);
      if (!numbers.has(group)) numbers.set(group, numbers.size);
      return [id, numbers.get(group)!];
    }),
  );
}
