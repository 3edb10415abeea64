import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import type { Proposal } from './proposal.ts';

/** How one context leans on another. */
export interface Bond {
  readonly from: string;
  readonly to: string;
  /** Modules of `from` that use modules of `to`, by pairs. */
  readonly ties: number;
  /** Modules of `from` that work on tables of `to`, by pairs. */
  readonly tableUses: number;
  /** Foreign keys of tables of `from` to tables of `to`. */
  readonly foreignKeys: number;
}

/** How the contexts of a proposal lean on each other, strongest first. Shared modules are in none. */
export function bondsOf({ ties, tableUses, foreignKeys }: Graph, { contexts }: Proposal): Bond[] {
  const contextOf = new Map(
    contexts.flatMap(({ name, modules }) => modules.map((id) => [id, name] as const)),
  );
  const ownerOf = new Map(
    contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
  );
  const bonds = new Map<string, { -readonly [K in keyof Bond]: Bond[K] }>();
  const count = (
    from: string | undefined,
    to: string | undefined,
    what: 'ties' | 'tableUses' | 'foreignKeys',
  ) => {
    if (from === undefined || to === undefined || from === to) return;
    const key = JSON.stringify([from, to]);
    const bond = bonds.get(key) ?? { from, to, ties: 0, tableUses: 0, foreignKeys: 0 };
    bonds.set(key, bond);
    bond[what]++;
  };
  for (const { from, to } of ties) count(contextOf.get(from), contextOf.get(to), 'ties');
  for (const { module, table } of tableUses) count(contextOf.get(module), ownerOf.get(table), 'tableUses');
  for (const { from, to } of foreignKeys) count(ownerOf.get(from), ownerOf.get(to), 'foreignKeys');
  return [...bonds.values()].sort(
    (a, b) => strength(b) - strength(a) || compare(a.from, b.from) || compare(a.to, b.to),
  );
}

/** How much of all kinds there is in a bond. */
export function strength({ ties, tableUses, foreignKeys }: Bond): number {
  return ties + tableUses + foreignKeys;
}
