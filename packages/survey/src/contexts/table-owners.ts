import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';

/** The context of each table that any context uses: the one that has its class, else the one that writes it most, else reads it most. */
export function tableOwners<Context extends number | string>(
  { tables, tableUses }: Graph,
  contextOf: ReadonlyMap<string, Context>,
): Map<string, Context> {
  const owners = new Map<string, Context>();
  for (const { name } of tables) {
    const worth = new Map<Context, number>();
    for (const { module, table, maps, writes, reads } of tableUses) {
      const context = contextOf.get(module);
      if (table !== name || context === undefined) continue;
      worth.set(context, (worth.get(context) ?? 0) + (maps ? 1_000 : 0) + writes * 10 + reads);
    }
    const [owner] = [...worth].sort(([a, x], [b, y]) => y - x || compare(`${a}`, `${b}`));
    if (owner !== undefined) owners.set(name, owner[0]);
  }
  return owners;
}
