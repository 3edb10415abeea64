import { addTo } from '../graph/add-to.ts';
import type { Graph } from '../graph/graph.ts';
import { plainWords } from '../words/plain-words.ts';
import { singular, splitIdentifier } from '../words/split-identifier.ts';

/**
 * Modules that others build upon and that know nothing of the domain themselves: base types, value types, tools. They lean on nothing
 * but each other, have no table and no entry point, and are named for none of those that use them. They would glue together whatever
 * uses them, so that they take no part in finding contexts and are placed afterwards ("omnipresent modules": S. Mancoridis et al.,
 * "Bunch", ICSM 1999).
 */
export function supportModules({ modules, ties, tableUses, endpoints }: Graph): Set<string> {
  const bound = new Set<string>();
  for (const { module } of tableUses) bound.add(module);
  for (const { module } of endpoints) bound.add(module);
  const users = new Map<string, string[]>();
  const used = new Map<string, string[]>();
  for (const { from, to, kinds } of ties) {
    addTo(users, to, from);
    addTo(used, from, to);
    if (kinds.manages !== undefined || kinds.owns !== undefined) bound.add(to);
  }
  const names = new Map(modules.map(({ id, name }) => [id, nameWords(name)]));
  const isNamedFor = (id: string, user: string) =>
    names.get(id)!.some((word) => names.get(user)!.includes(word));
  const support = new Set<string>();
  for (let grown = -1; grown !== support.size; ) {
    grown = support.size;
    for (const { id } of modules) {
      if (support.has(id) || bound.has(id)) continue;
      const by = users.get(id) ?? [];
      if (by.length < 2 || (used.get(id) ?? []).some((each) => !support.has(each))) continue;
      const alike = by.filter((user) => isNamedFor(id, user)).length;
      if (alike < by.length / 3) support.add(id);
    }
  }
  return support;
}

/** The words of a name that say something of the domain. */
export function nameWords(name: string): string[] {
  return splitIdentifier(name)
    .map((word) => singular(word))
    .filter((word) => !plainWords.has(word));
}
