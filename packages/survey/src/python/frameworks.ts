import type { AnnotationFact, FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import { entityAccess } from '../outline/entity-access.ts';
import { textOfMember, typeIn } from './members.ts';
import { isOfSqlAlchemy } from './sql-alchemy.ts';

const djangoRelations: Readonly<Record<string, boolean>> = {
  ForeignKey: false,
  OneToOneField: false,
  ManyToManyField: true,
};
const writing =
  /^(save|create|bulk_create|update|bulk_update|delete|get_or_create|update_or_create|add|merge|insert)$/;
const verbs = /^(get|post|put|patch|delete|route|api_view|websocket)$/;
const jobs = /^(shared_task|task|periodic_task|cron|scheduled_job|command)$/;
const listeners = /^(receiver|listens_for|on_event|subscribe|connect)$/;

/** Django's models: a table by its `Meta` or by the names of application and class, and its relations. */
export function* django(unit: UnitFacts, file: FileFacts): Generator<Finding> {
  const parent = unit.mentions.find(({ name, how }) => name === 'Model' && how === 'extends');
  if (parent === undefined || isOfSqlAlchemy(unit) || textOfMember(unit, 'Meta.abstract') !== undefined)
    return;
  const application = file.package.split('.').findLast((part) => part !== 'models' && part !== '');
  const table = textOfMember(unit, 'Meta.db_table') ?? `${application ?? ''}_${unit.name}`.toLowerCase();
  yield { kind: 'maps', table, line: unit.line };
  for (const { name: member, annotations } of unit.members)
    for (const { name, line, arguments: given } of annotations) {
      const many = djangoRelations[name];
      const type = typeIn(given.value?.[0] ?? given.to?.[0], unit.name);
      if (many === undefined || type === undefined) continue;
      const through = `${table}_${member}`;
      if (many) yield { kind: 'uses', table: through, writes: true, line };
      yield { kind: 'relates', type, owns: false, line, member, many: false, ...(many ? { through } : {}) };
    }
}

/** Routes of Flask, FastAPI, Django and its REST framework, tasks of Celery and its like, commands, signals. */
export function* pythonEntryPoints(unit: UnitFacts, file: FileFacts): Generator<Finding> {
  for (const { name: member, annotations } of unit.members)
    for (const annotation of annotations) {
      const { name, line } = annotation;
      const path = annotation.arguments.value?.[0];
      if (verbs.test(name) && path !== undefined && member !== '<top>')
        for (const verb of verbsOf(annotation))
          yield { kind: 'endpoint', of: 'http', name: `${verb} ${slashed(path)}`, member, line };
      else if (/^(path|re_path|url|add_url_rule)$/.test(name) && path !== undefined) {
        if (!/include\(/.test(annotation.arguments.value?.[1] ?? ''))
          yield { kind: 'endpoint', of: 'http', name: `ANY ${slashed(path)}`, member, line };
      } else if (jobs.test(name))
        yield { kind: 'endpoint', of: 'job', name: `${unit.name}.${member}`, member, line };
      else if (listeners.test(name) && member !== '<top>')
        yield { kind: 'endpoint', of: 'listener', name: `${unit.name}.${member}`, member, line };
    }
  if (/(^|\/)management\/commands\/\w+\.py$/.test(file.path) && unit.kind === 'class')
    yield { kind: 'endpoint', of: 'job', name: file.path, member: 'handle', line: unit.line };
}

/** Whose rows functions read and write. */
export function* pythonAccess(unit: UnitFacts): Generator<Finding> {
  yield* entityAccess(unit, writing);
  // `session.query(Order)`, `select(Order)`, `delete(Order)`
  for (const { name: member, annotations } of unit.members)
    for (const { name, line, arguments: given } of annotations) {
      const type = /^(query|select|insert|update|delete)$/.test(name) ? given.value?.[0] : undefined;
      const how = name === 'query' || name === 'select' ? 'reads' : 'writes';
      if (type !== undefined && /^[A-Z]\w*$/.test(type)) yield { kind: 'manages', type, line, member, how };
    }
}

function verbsOf({ name, arguments: given }: AnnotationFact): readonly string[] {
  if (name === 'route') return given.methods ?? ['GET'];
  return [name === 'api_view' || name === 'websocket' ? 'ANY' : name.toUpperCase()];
}

function slashed(path: string): string {
  return `/${path.replace(/^\^/, '')}`.replace(/\/{2,}/g, '/').replace(/(.)[/$]+$/, '$1');
}
