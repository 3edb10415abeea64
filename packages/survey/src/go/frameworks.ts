import type { FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import { entityAccess } from '../outline/entity-access.ts';
import { plural, snakeCase } from '../words/plural.ts';

const routers = /^(GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete|Any|HandleFunc|Handle)$/;
const writing = /^(Create|Save|Update|Updates|Delete|Insert|Exec|ExecContext|FirstOrCreate)$/;

/** GORM's models: structs that embed its model, have its tags or name their table. */
export function* gorm(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const named = unit.members.find(({ name }) => name === 'TableName');
  const embeds = unit.mentions.some(({ name, how }) => name === 'Model' && how === 'extends');
  const tagged = unit.members.some(({ annotations }) => annotations.some(({ name }) => name === 'gorm'));
  if (unit.kind === 'module' || !(named !== undefined || embeds || tagged)) return;
  const table = named?.annotations.find(({ name }) => name === '=')?.arguments.value?.[0];
  yield { kind: 'maps', table: table ?? plural(snakeCase(unit.name)), line: unit.line };
  for (const { kind, name: member, types, line, annotations } of unit.members) {
    const type = types.at(-1);
    if (kind !== 'field' || type === undefined || type === 'Time') continue;
    const constraint = annotations.find(({ name }) => name === 'gorm')?.arguments.value?.[0] ?? '';
    const owns = /OnDelete:CASCADE/i.test(constraint);
    yield { kind: 'relates', type, owns, line, member, many: /s$/.test(member) };
  }
}

/** Routes of net/http, gin, echo, chi and fiber; every `main` is started by somebody. */
export function* goEntryPoints(unit: UnitFacts, file: FileFacts): Generator<Finding> {
  for (const { name: member, annotations, line: at } of unit.members) {
    for (const { name, line, arguments: given } of annotations) {
      const [, verb, path] = /^(?:([A-Z]+) )?(\/\S*)$/.exec(given.value?.[0] ?? '') ?? [];
      if (!routers.test(name) || path === undefined) continue;
      const by = /^(Any|Handle|HandleFunc)$/.test(name) ? 'ANY' : name.toUpperCase();
      yield { kind: 'endpoint', of: 'http', name: `${verb ?? by} ${path}`, member, line };
    }
    if (member === 'main' && unit.kind === 'module')
      yield { kind: 'endpoint', of: 'job', name: file.path, member, line: at };
  }
}

/** Whose rows functions read and write. */
export function* goAccess(unit: UnitFacts): Generator<Finding> {
  yield* entityAccess(unit, writing);
}
