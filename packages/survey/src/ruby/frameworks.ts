import type { FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import { entityAccess } from '../outline/entity-access.ts';
import { camelCase, plural, snakeCase, unplural } from '../words/plural.ts';

const controllers = /Controller$/;
const jobParents = /^(ApplicationJob|Job|Worker)$/;
const mailers = /^(ApplicationMailer|ActionMailer)$/;
const writing =
  /^(save!?|create!?|update!?|update_all|update_columns?|destroy!?|destroy_all|delete|delete_all|insert_all!?|upsert_all|new|build|find_or_create_by!?|first_or_create!?|increment!|decrement!|touch)$/;
const relations: Readonly<Record<string, { many: boolean; named: 'one' | 'many' }>> = {
  has_many: { many: true, named: 'many' },
  has_one: { many: true, named: 'one' },
  belongs_to: { many: false, named: 'one' },
  has_and_belongs_to_many: { many: false, named: 'many' },
};
const actions: Readonly<Record<string, string>> = {
  index: 'GET',
  show: 'GET /:id',
  new: 'GET /new',
  edit: 'GET /:id/edit',
  create: 'POST',
  update: 'PATCH /:id',
  destroy: 'DELETE /:id',
};

/** Active Record: a class is a table by its plural, with the relations that it declares. */
export function* activeRecord(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const parents = parentsOf(unit);
  const isRecord =
    parents.includes('ApplicationRecord') || (parents.includes('ActiveRecord') && parents.includes('Base'));
  const abstract = unit.members.some(({ name }) => name === 'self.abstract_class');
  if (!isRecord || abstract || unit.name === 'ApplicationRecord') return;
  const named = unit.members.find(({ name }) => name === 'self.table_name');
  const given = named?.annotations.find(({ name }) => name === '=')?.arguments.value?.[0];
  const table = given ?? plural(snakeCase(unit.name));
  yield { kind: 'maps', table, line: unit.line };
  for (const { name, line, arguments: values } of unit.annotations) {
    const relation = relations[name];
    const member = values.value?.[0];
    if (relation === undefined || member === undefined || values.through !== undefined) continue;
    if (values.polymorphic?.[0] === 'true') continue;
    const of = relation.named === 'many' ? unplural(member) : member;
    const type = values.class_name?.[0]?.split('::').at(-1) ?? camelCase(of);
    const owns = /^(destroy|delete_all|delete)$/.test(values.dependent?.[0] ?? '');
    if (name === 'has_and_belongs_to_many')
      yield {
        kind: 'uses',
        table: values.join_table?.[0] ?? [table, member].sort().join('_'),
        writes: true,
        line,
      };
    yield { kind: 'relates', type, owns, line, member, many: relation.many };
  }
}

/** Actions of controllers by the conventions of Rails, jobs, mailers, channels and rake tasks. */
export function* rubyEntryPoints(unit: UnitFacts, file: FileFacts): Generator<Finding> {
  const parents = parentsOf(unit);
  const included = unit.annotations
    .filter(({ name }) => name === 'include')
    .flatMap(({ arguments: given }) => given.value ?? [])
    .map((each) => each.split('::').at(-1)!);
  if (controllers.test(unit.name) && parents.length > 0) {
    const base = [...file.package.split('.'), unit.name.replace(controllers, '')]
      .filter((part) => part !== '')
      .map(snakeCase)
      .join('/');
    for (const { name, kind, line } of unit.members) {
      const known = actions[name];
      if (kind !== 'method' || (known === undefined && !hasRoute(name, unit))) continue;
      const [verb, rest = ''] = (known ?? `ANY /${name}`).split(' ');
      yield { kind: 'endpoint', of: 'http', name: `${verb} /${base}${rest}`, member: name, line };
    }
  }
  if ([...parents, ...included].some((name) => jobParents.test(name)) && unit.name !== 'ApplicationJob')
    yield { kind: 'endpoint', of: 'job', name: unit.name, member: 'perform', line: unit.line };
  if (parents.some((name) => mailers.test(name)) || /Channel$/.test(unit.name))
    yield { kind: 'endpoint', of: 'listener', name: unit.name, line: unit.line };
}

/** Whose rows methods read and write. */
export function* rubyAccess(unit: UnitFacts): Generator<Finding> {
  yield* entityAccess(unit, writing);
}

/** A public method of a controller; what stands after `private` is told by its being called from here. */
function hasRoute(method: string, unit: UnitFacts): boolean {
  if (/[?!=]$|^set_|_params$|^(require|current|authenticate|authorize|load|find)_/.test(method)) return false;
  const called = unit.mentions.some(({ name, called: by }) => name === 'this' && by === method);
  const filters = unit.annotations.some(({ arguments: given }) => given.value?.includes(method));
  return !called && !filters;
}

/** The names in what a class inherits from: of `ActiveRecord::Base` both. */
function parentsOf(unit: UnitFacts): readonly string[] {
  return unit.mentions.filter(({ how }) => how === 'extends' || how === 'manages').map(({ name }) => name);
}
