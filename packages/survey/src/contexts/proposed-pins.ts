import type { Graph, Module } from '../graph/graph.ts';
import type { Pins } from './pins.ts';
import type { Proposal } from './proposal.ts';

/**
 * A proposal as decisions to be kept under version control, so that the next survey proposes the same contexts. A folder or package whose
 * modules are all of one context is one pattern.
 */
export function proposedPins({ modules }: Graph, { contexts }: Proposal): Required<Pick<Pins, 'contexts'>> {
  const contextOf = new Map(
    contexts.flatMap(({ name, modules: ids }) => ids.map((id) => [id, name] as const)),
  );
  const patterns = new Map<string, string[]>(contexts.map(({ name }) => [name, []]));
  gather(modules, '');
  return {
    contexts: Object.fromEntries(
      contexts.map(({ name, tables }) => [name, { modules: patterns.get(name)!, tables }]),
    ),
  };

  function gather(below: readonly Module[], prefix: string): void {
    const all = new Set(below.map(({ id }) => contextOf.get(id)));
    const [only] = all;
    if (all.size === 1 && only === undefined) return;
    if (all.size === 1 && below.length > 1 && prefix !== '') {
      patterns.get(only!)!.push(`${prefix}**`);
      return;
    }
    const parts = new Map<string, Module[]>();
    for (const module of below) {
      const part = partOf(module, prefix.length);
      const group = parts.get(part);
      if (group === undefined) parts.set(part, [module]);
      else group.push(module);
    }
    for (const [part, group] of parts) {
      const context = contextOf.get(group[0]!.id);
      if (part !== group[0]!.id) gather(group, part);
      else if (context !== undefined) patterns.get(context)!.push(part);
    }
  }
}

/** The next part of a name after so many characters, with what ends it; of the last part the whole name. */
function partOf({ id, path }: Module, from: number): string {
  const end = id.indexOf(id === path ? '/' : '.', from);
  return end < 0 ? id : id.slice(0, end + 1);
}
