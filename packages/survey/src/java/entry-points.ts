import type { AnnotationFact, FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';

const springVerbs: Readonly<Record<string, string>> = {
  RequestMapping: '',
  GetMapping: 'GET',
  PostMapping: 'POST',
  PutMapping: 'PUT',
  DeleteMapping: 'DELETE',
  PatchMapping: 'PATCH',
};
const jaxRsVerbs = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);
const jobs = new Set(['Scheduled', 'Schedule', 'Schedules', 'Timeout']);
const listeners =
  /^(EventListener|TransactionalEventListener|Observes|\w*Listener|MessageDriven|ServerEndpoint)$/;

/** Routes of Spring MVC, JAX-RS, servlets and action beans, scheduled jobs and listeners. */
export function* entryPoints(unit: UnitFacts, file: FileFacts): Generator<Finding> {
  const base = pathsOf(find(unit.annotations, 'RequestMapping') ?? find(unit.annotations, 'Path'))[0] ?? '';
  for (const member of unit.members) {
    if (member.kind !== 'method') continue;
    for (const annotation of member.annotations) {
      const { name, line } = annotation;
      const spring = springVerbs[name];
      const at = { member: member.name, line };
      if (spring !== undefined) {
        const verb = spring || methodOf(annotation);
        for (const path of pathsOf(annotation, true))
          yield { kind: 'endpoint', of: 'http', name: `${verb} ${join(base, path)}`, ...at };
      } else if (jaxRsVerbs.has(name)) {
        const path = pathsOf(find(member.annotations, 'Path'))[0] ?? '';
        yield { kind: 'endpoint', of: 'http', name: `${name} ${join(base, path)}`, ...at };
      } else if (jobs.has(name))
        yield { kind: 'endpoint', of: 'job', name: `${unit.name}.${member.name}`, ...at };
      else if (listeners.test(name))
        yield { kind: 'endpoint', of: 'listener', name: `${unit.name}.${member.name}`, ...at };
    }
  }
  yield* actionBeans(unit, file);
  for (const { name, line, ...one } of unit.annotations) {
    if (name === 'WebServlet' || name === 'UrlBinding')
      for (const path of pathsOf({ name, line, ...one }, true))
        yield { kind: 'endpoint', of: 'http', name: `ANY ${path}`, line };
    if (name === 'MessageDriven' || name === 'ServerEndpoint')
      yield { kind: 'endpoint', of: 'listener', name: unit.name, line };
  }
}

/** Stripes: each method of an action bean that answers is one; without a binding the address follows from package and name. */
function* actionBeans(
  { name, annotations, members }: UnitFacts,
  { package: inPackage }: FileFacts,
): Generator<Finding> {
  const handlers = members.filter(
    ({ kind, types }) => kind === 'method' && /Resolution$/.test(types[0] ?? ''),
  );
  if (handlers.length === 0 || find(annotations, 'UrlBinding') !== undefined) return;
  const [, below = ''] = /(?:^|\.)(?:web|www|stripes|action)(?:\.(.+))?$/.exec(inPackage) ?? [];
  const bean = name.replace(/(Action)?(Bean)?$/, '');
  const path = join(below.replaceAll('.', '/'), `${bean}.action`);
  for (const { name: member, line } of handlers)
    yield { kind: 'endpoint', of: 'http', name: `ANY ${path}?${member}`, member, line };
}

/** Methods and types that run in one transaction. */
export function* transactions(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const isIt = ({ name }: AnnotationFact) =>
    name === 'Transactional' || name === 'TransactionAttribute' || name === 'Stateless';
  const whole = unit.annotations.find(isIt);
  if (whole !== undefined) yield { kind: 'transaction', member: undefined, line: whole.line };
  for (const member of unit.members) {
    const one = member.annotations.find(isIt);
    if (one !== undefined) yield { kind: 'transaction', member: member.name, line: one.line };
  }
}

function find(annotations: readonly AnnotationFact[], name: string): AnnotationFact | undefined {
  return annotations.find((each) => each.name === name);
}

function pathsOf(annotation: AnnotationFact | undefined, atLeastOne = false): readonly string[] {
  const given =
    annotation?.arguments.value ?? annotation?.arguments.path ?? annotation?.arguments.urlPatterns;
  return given ?? (atLeastOne ? [''] : []);
}

function methodOf(annotation: AnnotationFact): string {
  return annotation.arguments.method?.map((each) => each.split('.').at(-1)!).join('|') ?? 'ANY';
}

function join(base: string, path: string): string {
  return `/${base}/${path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}
