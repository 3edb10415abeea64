import { addTo } from '../graph/add-to.ts';
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
  const [implemented, implementers] = [new Map<string, number>(), new Map<string, number>()];
  for (const { from, to, kinds: how } of ties) {
    if (how.implements === undefined) continue;
    implemented.set(from, (implemented.get(from) ?? 0) + 1);
    implementers.set(to, (implementers.get(to) ?? 0) + 1);
  }
  const managed = new Map<string, string[]>();
  for (const { from, to, kinds: how } of ties) {
    if (how.implements !== undefined && kinds.get(to) === 'interface') {
      if (implemented.get(from) === 1 && implementers.get(to)! <= 3) join(from, to);
    }
    if (how.manages !== undefined) addTo(managed, from, to);
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
