import { Invalid } from '@banyan/runtime';
import { parseJsonPath } from '../compare/json-path.ts';
import { isTolerance } from '../compare/tolerance.ts';
import { hostPatternProblem } from './host-pattern.ts';
import { pathPatternProblem } from './path-pattern.ts';
import type { Route, RouteTable } from './route.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const reads = new Set(['GET', 'HEAD']);

/**
 * Checks everything about a table that can be checked without asking its upstreams.
 *
 * @throws Invalid (`route-table-invalid`) with one sentence per problem, each with the route and the remedy; also
 *   in `details.problems`.
 */
export function validateRouteTable(table: RouteTable): void {
  const problems = [...upstreamProblems(table), ...duplicateNames(table)];
  for (const route of table.routes) {
    for (const problem of routeProblems(route, table)) problems.push(`Route "${route.name}": ${problem}`);
  }
  if (problems.length === 0) return;
  throw new Invalid('route-table-invalid', problems.join(' '), {
    details: { problems, revision: String(table.revision) },
  });
}

function* upstreamProblems(table: RouteTable): Generator<string> {
  if (table.upstreams[table.default] === undefined) {
    yield `The default upstream "${table.default}" is not among the upstreams: add it.`;
  }
  for (const [name, { url, instances = {} }] of Object.entries(table.upstreams)) {
    const own = Object.entries(instances).map(([key, instance]) => [`${name}=${key}`, instance.url] as const);
    for (const [shown, each] of [[name, url] as const, ...own]) {
      if (isOrigin(each)) continue;
      yield `Upstream "${shown}": "${each}" is not an origin such as http://127.0.0.1:4000; leave out path, query and credentials.`;
    }
  }
}

function isOrigin(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && pathname === '/' && !(search || hash || username || password);
}

function* duplicateNames(table: RouteTable): Generator<string> {
  const seen = new Set<string>();
  for (const { name } of table.routes) {
    if (seen.has(name)) yield `Route "${name}" is there twice: give each a name of its own.`;
    seen.add(name);
  }
}

function* routeProblems(route: Route, table: RouteTable): Generator<string> {
  const pattern = pathPatternProblem(route.match.path);
  if (pattern !== undefined) yield `the path "${route.match.path}" can't be matched: ${pattern}.`;
  yield* methodProblems(route, table);
  yield* matchProblems(route);
  for (const side of [route.owner, route.candidate]) {
    if (side !== undefined && table.upstreams[side] === undefined) {
      yield `upstream "${side}" is not among the upstreams: add it or correct the name.`;
    }
  }
  yield* modeProblems(route);
  if (route.hold !== undefined && !(route.hold.forMs > 0)) {
    yield `hold.forMs is ${route.hold.forMs}: it must be a number of milliseconds above 0.`;
  }
  yield* stickinessProblems(route);
  yield* compareProblems(route);
}

function* methodProblems(
  { match, mode, reads: rule, candidate }: Route,
  table: RouteTable,
): Generator<string> {
  const methods = match.methods ?? [];
  if (match.methods?.length === 0) yield 'it has no methods: name one, or leave `methods` out for reads.';
  for (const method of methods) {
    if (!token.test(method) || method !== method.toUpperCase()) {
      yield `"${method}" is not an HTTP method in upper case.`;
    }
  }
  const byMethod = (rule ?? (match.graphql === undefined ? 'method' : 'graphql')) === 'method';
  const writes = methods.filter((method) => !reads.has(method));
  const sandboxed = candidate !== undefined && table.upstreams[candidate]?.sandboxed === true;
  if (!byMethod || writes.length === 0) return;
  if (mode.kind === 'canary') {
    yield `only reads (GET, HEAD) can be in mode "canary", and it also takes ${writes.join(', ')}: make a route of its own for them, or say which of its requests read (\`reads\`).`;
  } else if (mode.kind === 'shadow' && !sandboxed) {
    yield `it also takes ${writes.join(', ')}, which are copied to no candidate but a sandboxed one: declare the upstream "${candidate}" as sandboxed, or make a route of its own for them in mode "owner".`;
  }
}

function* matchProblems({ match }: Route): Generator<string> {
  const host = match.host === undefined ? undefined : hostPatternProblem(match.host);
  if (host !== undefined) yield `the host "${match.host}" can't be matched: ${host}.`;
  for (const name of Object.keys(match.headers ?? {})) {
    if (!token.test(name) || name !== name.toLowerCase())
      yield `"${name}" is not a header name in lower case.`;
  }
  for (const field of match.graphql?.fields ?? []) {
    if (!/^[_A-Za-z][_0-9A-Za-z]*$/.test(field)) yield `"${field}" is not a name of a GraphQL field.`;
  }
  if (match.graphql?.fields?.length === 0)
    yield 'it has no GraphQL fields: name one, or leave `fields` out for all.';
}

function* modeProblems({ owner, candidate, mode }: Route): Generator<string> {
  if (mode.kind !== 'owner' && candidate === undefined) {
    yield `mode "${mode.kind}" needs a candidate: name its upstream.`;
  }
  if (candidate === owner) yield `"${owner}" is both owner and candidate: name two upstreams.`;
  for (const [name, value] of Object.entries(mode)) {
    if (name !== 'kind' && (typeof value !== 'number' || !(value >= 0 && value <= 1))) {
      yield `${name} is ${value}: it must be a number from 0 to 1.`;
    }
  }
}

function* stickinessProblems({ stickiness }: Route): Generator<string> {
  if (stickiness === undefined) return;
  if ('user' in stickiness) return;
  const name = 'cookie' in stickiness ? stickiness.cookie : stickiness.header;
  if (!token.test(name)) yield `"${name}" is not a name of a cookie or header for stickiness.`;
}

function* compareProblems({ compare }: Route): Generator<string> {
  for (const [name, paths] of Object.entries({
    ignore: compare?.ignore ?? [],
    sets: compare?.sets ?? [],
    tolerance: Object.keys(compare?.tolerance ?? {}),
  })) {
    for (const path of paths) {
      if (parseJsonPath(path) === undefined && !path.includes(' > ')) {
        yield `"${path}" in compare.${name} is not a JSON path such as items[*].updatedAt.`;
      }
    }
  }
  for (const [path, most] of Object.entries(compare?.tolerance ?? {})) {
    if (!isTolerance(most)) {
      yield `the tolerance ${JSON.stringify(most)} of "${path}" is neither a number from 0 on nor per cent such as "0.5%".`;
    }
  }
  for (const header of compare?.headers ?? []) {
    if (!token.test(header)) yield `"${header}" in compare.headers is not a header name.`;
  }
  const { learn } = compare ?? {};
  if (learn !== undefined && !(learn >= 0 && learn <= 1)) {
    yield `compare.learn is ${learn}: it must be a number from 0 to 1.`;
  }
}
