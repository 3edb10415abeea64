import type { AnnotationFact, FileFacts, Mention, UnitFacts } from '../code/facts.ts';

interface NamedSet {
  readonly property: string;
  readonly type: string;
  readonly line: number;
}

/**
 * Entity Framework names its tables in the context (`DbSet<Order> Orders`), away from the classes, and works on them by those
 * names: what a class is a row of is noted at the class, and `db.Orders.Add(...)` as a call to `Order`.
 */
export function namedSets(files: readonly FileFacts[]): FileFacts[] {
  const sets = new Map<string, readonly NamedSet[]>();
  for (const { units } of files)
    for (const unit of units) {
      const found = setsOf(unit);
      if (found.length > 0) sets.set(unit.name, found);
    }
  const tables = new Map([...sets.values()].flat().map(({ type, property }) => [type, property]));
  return files.map((file) => ({ ...file, units: file.units.map((unit) => linked(unit, sets, tables)) }));
}

function setsOf({ members }: UnitFacts): NamedSet[] {
  return members.flatMap(({ name, types, line }): NamedSet[] =>
    /^I?DbSet$/.test(types[0] ?? '') && types[1] !== undefined
      ? [{ property: name, type: types[1], line }]
      : [],
  );
}

function linked(
  unit: UnitFacts,
  sets: ReadonlyMap<string, readonly NamedSet[]>,
  tables: ReadonlyMap<string, string>,
): UnitFacts {
  const table = tables.get(unit.name);
  const known = unit.annotations.some(({ name }) => name === 'Table');
  const own: AnnotationFact[] =
    table === undefined || known ? [] : [{ name: 'Table', line: unit.line, arguments: { value: [table] } }];
  const calls = unit.mentions.flatMap((mention): Mention[] => {
    if (mention.how !== 'calls') return [];
    const of = mention.name === 'this' ? sets.get(unit.name) : sets.get(mention.name);
    const set = of?.find(({ property }) => property === (mention.through ?? mention.called));
    return set === undefined ? [] : [{ ...mention, name: set.type }];
  });
  return { ...unit, annotations: [...unit.annotations, ...own], mentions: [...unit.mentions, ...calls] };
}
