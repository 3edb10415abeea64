import type { Access } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';

/** Columns of one table that are changed together, and by whom. */
export interface ColumnGroup {
  readonly columns: readonly string[];
  readonly modules: readonly string[];
}

/** Groups the columns that updates set: two belong together if some statement sets both or some module sets both. */
export function columnGroups(accesses: readonly Access[]): ColumnGroup[] {
  const groups: { columns: Set<string>; modules: Set<string> }[] = [];
  for (const { module, columns = [] } of accesses) {
    if (columns.length === 0) continue;
    const meets = groups.filter(
      (group) => group.modules.has(module) || columns.some((each) => group.columns.has(each)),
    );
    const merged = { columns: new Set(columns), modules: new Set([module]) };
    for (const group of meets) {
      for (const column of group.columns) merged.columns.add(column);
      for (const one of group.modules) merged.modules.add(one);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(merged);
  }
  return groups
    .map(({ columns, modules }) => ({
      columns: [...columns].sort(compare),
      modules: [...modules].sort(compare),
    }))
    .sort((a, b) => compare(a.columns[0]!, b.columns[0]!));
}
