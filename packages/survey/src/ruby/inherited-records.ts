import type { AnnotationFact, FileFacts, UnitFacts } from '../code/facts.ts';
import { plural, snakeCase } from '../words/plural.ts';

const deepest = 8;

interface Declared {
  readonly unit: UnitFacts;
  readonly package: string;
}

/**
 * Tells of each class of Active Record what it has from others: that it is a record by an abstract class between, the prefix that its
 * module gives to tables, and that it shares the table of the record that it inherits from.
 */
export function inheritedRecords(files: readonly FileFacts[]): FileFacts[] {
  const prefixes = prefixesOf(files);
  const byName = new Map<string, Declared[]>();
  for (const file of files)
    for (const unit of file.units)
      if (unit.kind === 'class')
        byName.set(unit.name, [...(byName.get(unit.name) ?? []), { unit, package: file.package }]);
  const parentOf = ({ unit, package: own }: Declared): Declared | undefined => {
    const names = parentNames(unit);
    const [last, before] = [names.at(-1), names.slice(0, -1).join('.')];
    const found = (byName.get(last ?? '') ?? []).filter((each) => each.unit !== unit);
    if (before !== '') return found.find((each) => `.${each.package}`.endsWith(`.${before}`));
    return found.find((each) => each.package === own) ?? (found.length === 1 ? found[0] : undefined);
  };
  const isRecord = (one: Declared, depth = 0): boolean => {
    if (isBase(parentNames(one.unit))) return true;
    const parent = parentOf(one);
    return parent !== undefined && depth < deepest && isRecord(parent, depth + 1);
  };
  const tableOf = (one: Declared, depth = 0): string => {
    const own = ownTable(one.unit);
    const parent = parentOf(one);
    if (own !== undefined) return own;
    if (parent !== undefined && depth < deepest && !isAbstract(parent.unit) && isRecord(parent))
      return tableOf(parent, depth + 1);
    return `${prefixes.get(one.package) ?? ''}${plural(snakeCase(one.unit.name))}`;
  };
  const completed = (unit: UnitFacts, inPackage: string): UnitFacts => {
    const one = { unit, package: inPackage };
    if (unit.kind !== 'class' || isAbstract(unit) || !isRecord(one)) return unit;
    const members = ownTable(unit) === undefined ? [named(tableOf(one), unit.line)] : [];
    const base = { name: 'ApplicationRecord', how: 'extends' as const, line: unit.line };
    const mentions = isBase(parentNames(unit)) ? [] : [base];
    return { ...unit, members: [...unit.members, ...members], mentions: [...unit.mentions, ...mentions] };
  };
  return files.map((file) => ({
    ...file,
    units: file.units.map((unit) => completed(unit, file.package)),
  }));
}

/** What stands before the names of the tables of a module: written there, or because an engine is isolated in it. */
function prefixesOf(files: readonly FileFacts[]): Map<string, string> {
  const prefixes = new Map<string, string>();
  for (const { units, package: inPackage } of files)
    for (const { annotations, texts } of units) {
      const isolated = annotations.find(({ name }) => name === 'isolate_namespace')?.arguments.value?.[0];
      if (isolated !== undefined)
        prefixes.set(isolated.replaceAll('::', '.'), `${snakeCase(isolated.replaceAll('::', '_'))}_`);
      const given = texts.find(({ member }) => member === 'table_name_prefix');
      if (given !== undefined) prefixes.set(inPackage, given.text);
    }
  return prefixes;
}

function named(table: string, line: number): UnitFacts['members'][number] {
  const given: AnnotationFact = { name: '=', line, arguments: { value: [table] } };
  return { kind: 'field', name: 'self.table_name', line, annotations: [given], types: [], parameters: [] };
}

function ownTable({ members }: UnitFacts): string | undefined {
  const given = members.find(({ name }) => name === 'self.table_name');
  return given?.annotations.find(({ name }) => name === '=')?.arguments.value?.[0];
}

function isAbstract({ members, name }: UnitFacts): boolean {
  return name === 'ApplicationRecord' || members.some((member) => member.name === 'self.abstract_class');
}

function isBase(names: readonly string[]): boolean {
  return names.includes('ApplicationRecord') || (names.includes('ActiveRecord') && names.includes('Base'));
}

function parentNames({ mentions }: UnitFacts): readonly string[] {
  return mentions.filter(({ how }) => how === 'extends' || how === 'manages').map(({ name }) => name);
}
