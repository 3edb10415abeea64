import type { FileFacts, UnitFacts } from '../code/facts.ts';

const deepest = 8;

/**
 * Gives each class of Django's that inherits from a model by another class what it inherits: that it is a model, and the fields
 * of abstract classes. Classes go by their names alone, as projects give each a name of its own.
 */
export function inheritedModels(files: readonly FileFacts[]): FileFacts[] {
  const byName = new Map(
    files.flatMap(({ units }) => units.map((unit): [string, UnitFacts] => [unit.name, unit])),
  );
  const parentsOf = (unit: UnitFacts): string[] =>
    unit.mentions.filter(({ how }) => how === 'extends' || how === 'manages').map(({ name }) => name);
  const ancestors = (unit: UnitFacts, depth = 0): UnitFacts[] =>
    parentsOf(unit).flatMap((name) => {
      const parent = byName.get(name);
      if (parent === undefined || parent === unit || depth === deepest) return [];
      return [parent, ...ancestors(parent, depth + 1)];
    });
  const completed = (unit: UnitFacts): UnitFacts => {
    const above = ancestors(unit);
    if (unit.kind !== 'class' || parentsOf(unit).includes('Model')) return unit;
    if (!above.some((each) => parentsOf(each).includes('Model'))) return unit;
    const own = new Set(unit.members.map(({ name }) => name));
    const inherited = above
      .filter(({ members }) => members.some(({ name }) => name === 'Meta.abstract'))
      .flatMap(({ members }) => members)
      .filter(({ name, kind }) => kind === 'field' && !own.has(name) && !name.startsWith('Meta.'));
    return {
      ...unit,
      members: [...unit.members, ...inherited],
      mentions: [...unit.mentions, { name: 'Model', how: 'extends', line: unit.line }],
    };
  };
  return files.map((file) => ({ ...file, units: file.units.map(completed) }));
}
