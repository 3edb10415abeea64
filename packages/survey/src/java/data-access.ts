import type { FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';

const repository = /(Repository|Dao|DAO|JpaSpecificationExecutor|BaseMapper|CrudOperations)$/;
const sessions = new Set(['EntityManager', 'Session', 'SessionFactory', 'MongoTemplate', 'MongoOperations']);
const statementAnnotations = new Set([
  'Query',
  'Select',
  'Insert',
  'Update',
  'Delete',
  'SqlQuery',
  'SqlUpdate',
]);

const asks = /^(find|read|get|query|search|stream|count|exists)/;

/** A repository that inherits no method does what its own are named for. */
function* declaredOnly({ members }: UnitFacts, type: string): Generator<Finding> {
  for (const { name, kind, line, annotations } of members) {
    if (kind !== 'method') continue;
    const isAsked = asks.test(name) || annotations.some((each) => each.name === 'Query');
    const changes = annotations.some((each) => each.name === 'Modifying');
    yield { kind: 'manages', type, line, member: name, how: isAsked && !changes ? 'reads' : 'writes' };
  }
}

/** Spring Data repositories, mappers and code that works with an entity manager: whose tables they work on. */
export function* dataAccess(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const parents = unit.mentions.filter(({ how }) => how === 'extends' || how === 'implements');
  if (parents.some(({ name }) => repository.test(name))) {
    const managed = unit.mentions.find(({ how }) => how === 'manages');
    if (managed !== undefined && parents.every(({ name }) => name !== 'Repository'))
      yield { kind: 'manages', type: managed.name, line: managed.line };
    else if (managed !== undefined) yield* declaredOnly(unit, managed.name);
  }
  if (unit.members.some(({ types }) => types.some((type) => sessions.has(type)))) {
    const seen = new Set<string>();
    for (const { name, line, how } of unit.mentions) {
      if (how === 'field' || how === 'extends' || how === 'implements' || seen.has(name)) continue;
      seen.add(name);
      yield { kind: 'manages', type: name, line };
    }
  }
  for (const member of unit.members) {
    for (const { name, line, ...one } of member.annotations) {
      if (!statementAnnotations.has(name)) continue;
      const text = [...(one.arguments.value ?? one.arguments.nativeQuery ?? [])].join(' ');
      if (text !== '') yield { kind: 'statement', text, line, member: member.name };
    }
  }
  for (const { text, line, member } of unit.texts) {
    if (text.length > 12) yield { kind: 'statement', text, line, member };
  }
}
