import type { FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import { entityAccess } from '../outline/entity-access.ts';
import { snakeCase } from '../words/plural.ts';

const collections = /^(ICollection|IList|List|IEnumerable|HashSet|ISet|Collection|IReadOnlyCollection)$/;
const writing =
  /^(Add|AddAsync|AddRange|AddRangeAsync|Update|UpdateRange|Remove|RemoveRange|Attach|ExecuteUpdate|ExecuteUpdateAsync|ExecuteDelete|ExecuteDeleteAsync|SaveChanges|SaveChangesAsync)$/;
const workers = /^(BackgroundService|IHostedService|IJob)$/;
const handlers = /^(IConsumer|IHandleMessages|INotificationHandler|IIntegrationEventHandler)$/;

/** Entity Framework: classes that a context keeps a set of or that name their table, and what they refer to. */
export function* entityFramework(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const table = unit.annotations.find(({ name }) => name === 'Table');
  if (table === undefined) return;
  yield { kind: 'maps', table: snakeCase(table.arguments.value?.[0] ?? unit.name), line: table.line };
  for (const { kind, name: member, types, line } of unit.members) {
    const type = types.at(-1);
    if (kind !== 'field' || type === undefined || type === 'DateTime') continue;
    yield { kind: 'relates', type, owns: false, line, member, many: collections.test(types[0]!) };
  }
}

/** Routes of ASP.NET by attributes and by calls, background services and handlers of messages. */
export function* csharpEntryPoints(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const controller = unit.name.replace(/Controller$/, '');
  const base = unit.annotations.find(({ name }) => name === 'Route')?.arguments.value?.[0] ?? '';
  const isController =
    unit.name !== controller || unit.annotations.some(({ name }) => name === 'ApiController');
  for (const { name: member, annotations } of unit.members)
    for (const { name, line, arguments: given } of annotations) {
      const verb = /^(?:Http|Map)(Get|Post|Put|Patch|Delete)$/.exec(name)?.[1]?.toUpperCase();
      if (verb === undefined || (name.startsWith('Http') && !isController)) continue;
      const path = `${name.startsWith('Http') ? base : ''}/${given.value?.[0] ?? ''}`
        .replace('[controller]', controller.toLowerCase())
        .replace('[action]', member.toLowerCase());
      yield { kind: 'endpoint', of: 'http', name: `${verb} ${slashed(path)}`, member, line };
    }
  const parents = unit.mentions.filter(({ how }) => how === 'extends' || how === 'implements');
  if (parents.some(({ name }) => workers.test(name)))
    yield { kind: 'endpoint', of: 'job', name: unit.name, member: 'ExecuteAsync', line: unit.line };
  if (parents.some(({ name }) => handlers.test(name)))
    yield { kind: 'endpoint', of: 'listener', name: unit.name, line: unit.line };
}

/** Whose rows methods read and write. */
export function* csharpAccess(unit: UnitFacts): Generator<Finding> {
  yield* entityAccess(unit, writing);
}

function slashed(path: string): string {
  return `/${path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}
