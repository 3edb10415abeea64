import type { FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import { entityAccess } from '../outline/entity-access.ts';
import { plural, snakeCase } from '../words/plural.ts';

const attributes: Readonly<Record<string, boolean>> = {
  OneToMany: true,
  ManyToOne: false,
  OneToOne: false,
  ManyToMany: false,
};
const eloquent: Readonly<Record<string, boolean>> = {
  hasMany: true,
  hasOne: true,
  belongsTo: false,
  belongsToMany: false,
};
const writing =
  /^(save|create|update|delete|forceDelete|insert|upsert|updateOrCreate|firstOrCreate|persist|remove|flush|destroy|increment|decrement)$/;

/** Doctrine's entities by their attributes. */
export function* doctrine(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const entity = unit.annotations.find(({ name }) => name === 'Entity');
  if (entity === undefined) return;
  const table = unit.annotations.find(({ name }) => name === 'Table');
  const named = table?.arguments.name?.[0] ?? table?.arguments.value?.[0] ?? snakeCase(unit.name);
  yield { kind: 'maps', table: named, line: entity.line };
  for (const { name: member, annotations, types } of unit.members)
    for (const { name, line, arguments: given } of annotations) {
      const many = attributes[name];
      const type = classIn(given.targetEntity?.[0] ?? given.value?.[0]) ?? types.at(-1);
      if (many === undefined || type === undefined) continue;
      const owns =
        given.orphanRemoval?.[0] === 'true' || (given.cascade ?? []).some((each) => /remove|all/.test(each));
      yield { kind: 'relates', type, owns, line, member, many };
    }
}

/** Laravel's models: a class is a table by its plural, with the relations that its methods give. */
export function* eloquentModels(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const isModel = unit.mentions.some(
    ({ name, how }) => how === 'extends' && /^(Model|Authenticatable|Pivot)$/.test(name),
  );
  if (isModel) {
    const named = unit.members.find(({ name }) => name === 'table');
    const given = named?.annotations.find(({ name }) => name === '=')?.arguments.value?.[0];
    yield { kind: 'maps', table: given ?? plural(snakeCase(unit.name)), line: unit.line };
  }
  for (const { name: member, annotations } of unit.members)
    for (const { name, line, arguments: given } of annotations) {
      const many = isModel ? eloquent[name] : undefined;
      const type = classIn(given.value?.[0]);
      if (many !== undefined && type !== undefined)
        yield { kind: 'relates', type, owns: false, line, member, many };
      const table = given.value?.[0];
      if (name === 'table' && table !== undefined && /^\w+$/.test(table))
        yield { kind: 'uses', table, writes: annotations.some((each) => writing.test(each.name)), line };
    }
}

/** Routes of Symfony by attributes and of Laravel by calls, commands, jobs and handlers. */
export function* phpEntryPoints(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const base = unit.annotations.find(({ name }) => name === 'Route')?.arguments.value?.[0] ?? '';
  for (const { name: member, annotations } of unit.members)
    for (const { name, line, arguments: given } of annotations) {
      const path = given.value?.[0] ?? given.path?.[0];
      if (path === undefined) continue;
      if (name === 'Route')
        for (const verb of given.methods ?? ['ANY'])
          yield { kind: 'endpoint', of: 'http', name: `${verb} ${slashed(`${base}/${path}`)}`, member, line };
      else if (/^(get|post|put|patch|delete|any)$/.test(name) && member === '<top>')
        yield {
          kind: 'endpoint',
          of: 'http',
          name: `${name.toUpperCase()} ${slashed(path)}`,
          member,
          line,
        };
      else if (/^(resource|apiResource)$/.test(name) && member === '<top>')
        yield { kind: 'endpoint', of: 'http', name: `ANY ${slashed(path)}`, member, line };
    }
  const parents = unit.mentions.filter(({ how }) => how === 'extends' || how === 'implements');
  const isJob =
    parents.some(({ name }) => name === 'ShouldQueue' || name === 'Command') ||
    unit.annotations.some(({ name }) => name === 'AsCommand');
  if (isJob) yield { kind: 'endpoint', of: 'job', name: unit.name, member: 'handle', line: unit.line };
  if (unit.annotations.some(({ name }) => name === 'AsMessageHandler' || name === 'AsEventListener'))
    yield { kind: 'endpoint', of: 'listener', name: unit.name, member: '__invoke', line: unit.line };
}

/** Whose rows methods read and write. */
export function* phpAccess(unit: UnitFacts): Generator<Finding> {
  yield* entityAccess(unit, writing);
}

/** `Line::class`. */
function classIn(written: string | undefined): string | undefined {
  return /([A-Z]\w*)::class$/.exec(written ?? '')?.[1];
}

function slashed(path: string): string {
  return `/${path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}
