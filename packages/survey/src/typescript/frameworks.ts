import type { AnnotationFact, FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';

const nestVerbs: Readonly<Record<string, string>> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  All: 'ANY',
};
const jobs = /^(Cron|Interval|Timeout|Process)$/;
const listeners =
  /^(OnEvent|EventPattern|MessagePattern|SubscribeMessage|RabbitSubscribe|Grpc(Stream)?Method|SqsMessageHandler)$/;
/** Of a class whose methods are called by the framework: what is put into a queue, or an event. */
const handlers: Readonly<Record<string, readonly ['job' | 'listener', string]>> = {
  Processor: ['job', 'process'],
  EventsHandler: ['listener', 'handle'],
};
const graphql = new Set(['Query', 'Mutation', 'Subscription', 'ResolveField']);

/** Routes that are registered by calls (Express, Fastify, Hono, koa-router) and by decorators (NestJS), jobs and listeners. */
export function* routes(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  for (const { verb, path, member, line } of unit.routes ?? [])
    yield { kind: 'endpoint', of: 'http', name: `${verb} ${path}`, member, line };
  for (const { name, line } of unit.annotations) {
    const [of, member] = handlers[name] ?? [];
    if (of !== undefined && unit.members.some((each) => each.name === member))
      yield { kind: 'endpoint', of, name: `${unit.name}.${member}`, member, line };
  }
  const controller = unit.annotations.find(({ name }) => name === 'Controller');
  const isResolver = unit.annotations.some(({ name }) => name === 'Resolver');
  for (const { name: member, annotations } of unit.members) {
    for (const { name, line, ...one } of annotations) {
      const verb = nestVerbs[name];
      if (controller !== undefined && verb !== undefined) {
        for (const path of pathsOf(controller).flatMap((base) =>
          pathsOf(one).map((rest) => `/${base}/${rest}`),
        )) {
          const plain = path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
          yield { kind: 'endpoint', of: 'http', name: `${verb} ${plain}`, member, line };
        }
      } else if (isResolver && graphql.has(name))
        yield { kind: 'endpoint', of: 'http', name: `${name.toUpperCase()} ${member}`, member, line };
      else if (jobs.test(name))
        yield { kind: 'endpoint', of: 'job', name: `${unit.name}.${member}`, member, line };
      else if (listeners.test(name))
        yield { kind: 'endpoint', of: 'listener', name: `${unit.name}.${member}`, member, line };
    }
  }
}

const relations = new Set(['OneToMany', 'ManyToOne', 'OneToOne', 'ManyToMany']);

/** TypeORM and MikroORM: entities, their tables and relations, and whose rows a repository keeps. */
export function* entities(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const entity = unit.annotations.find(({ name }) => name === 'Entity' || name === 'ViewEntity');
  if (entity !== undefined) {
    const named =
      first(entity) ??
      entity.arguments.name?.[0] ??
      entity.arguments.tableName?.[0] ??
      entity.arguments.collection?.[0];
    const ofClass = unit.nested.find((each) => /^[A-Z]/.test(each));
    yield { kind: 'maps', table: named ?? ofClass, line: entity.line };
  }
  for (const { name: member, annotations, types } of unit.members) {
    for (const { name, line, ...one } of annotations) {
      if (relations.has(name)) {
        const given = one.arguments.value?.[0] ?? one.arguments.entity?.[0] ?? '';
        const type = /=>\s*(\w+)/.exec(given)?.[1] ?? types.at(-1);
        const cascade = one.arguments.cascade?.[0] ?? '';
        const owns = /true|remove|all/i.test(cascade) || one.arguments.orphanRemoval?.[0] === 'true';
        const link = annotations.find((each) => each.name === 'JoinTable')?.arguments;
        const through = link?.name?.[0] ?? one.arguments.pivotTable?.[0] ?? '';
        const many = name.endsWith('ToMany');
        if (type !== undefined)
          yield {
            kind: 'relates',
            type,
            owns,
            line,
            member,
            many,
            ...(name === 'ManyToMany' ? { through } : {}),
          };
      }
      const between = name === 'JoinTable' ? one.arguments.name?.[0] : one.arguments.pivotTable?.[0];
      if (between !== undefined && between !== '') yield { kind: 'uses', table: between, writes: true, line };
    }
  }
  for (const { name, how, line } of unit.mentions)
    if (how === 'manages') yield { kind: 'manages', type: name, line };
}

/** A controller and its methods may have several paths, or say them as a property. */
function pathsOf({ arguments: given }: Pick<AnnotationFact, 'arguments'>): readonly string[] {
  const paths = given.value ?? given.path;
  return paths === undefined || paths.length === 0 ? [''] : paths;
}

function first(annotation: AnnotationFact): string | undefined {
  const value = annotation.arguments.value?.[0];
  return value === undefined || value === '' ? undefined : value;
}
