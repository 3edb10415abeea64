import { isAmbiguousPath } from './ambiguous-path.ts';
import { type CompiledRoute, type CompiledTable, compileRouteTable } from './compile-route-table.ts';
import type { GraphqlOperation } from './graphql-operations.ts';
import { matchesHost } from './host-pattern.ts';
import { type NamedValues, noValues } from './named-values.ts';
import type { GraphqlMatch, Route, RouteTable } from './route.ts';

/** What a route may look at beside the method and the path. */
export interface MatchedRequest {
  readonly fields: NamedValues;
  /** Where a route asks for GraphQL: see `graphqlOperations`. */
  readonly operations?: readonly GraphqlOperation[] | undefined;
}

const bare: MatchedRequest = { fields: noValues };

/**
 * The first route of the table for a method and a raw path (query excluded, nothing decoded), or undefined: then
 * the table's default upstream answers. Upper and lower case and trailing slashes count. A path with dot segments,
 * plain or encoded, matches nothing.
 */
export function matchRoute(
  table: RouteTable,
  method: string,
  path: string,
  request: MatchedRequest = bare,
): Route | undefined {
  return matchCompiled(compileRouteTable(table), method, path, request)?.route;
}

/** As `matchRoute`, for a table that is compiled already. */
export function matchCompiled(
  { routes }: CompiledTable,
  method: string,
  path: string,
  request: MatchedRequest = bare,
): CompiledRoute | undefined {
  for (const candidate of routes) {
    if (!candidate.methods.has(method) || !candidate.path.test(path)) continue;
    if (!candidate.plain && !matchesRest(candidate.route, request)) continue;
    return isAmbiguousPath(path) ? undefined : candidate;
  }
  return undefined;
}

/** Whether the body of a request must be known before its route can be told, because a route asks for GraphQL. */
export function needsOperations(
  { routes, graphql }: CompiledTable,
  method: string,
  path: string,
  fields: NamedValues,
): boolean {
  if (!graphql) return false;
  for (const { route, methods, path: pattern } of routes) {
    if (!methods.has(method) || !pattern.test(path) || !matchesHead(route, fields)) continue;
    return route.match.graphql !== undefined && !isAmbiguousPath(path);
  }
  return false;
}

function matchesRest(route: Route, { fields, operations }: MatchedRequest): boolean {
  const { graphql } = route.match;
  return matchesHead(route, fields) && (graphql === undefined || matchesGraphql(graphql, operations));
}

function matchesHead({ match }: Route, fields: NamedValues): boolean {
  if (match.host !== undefined && !matchesHost(match.host, fields.get('host'))) return false;
  if (match.headers === undefined) return true;
  return Object.entries(match.headers).every(([name, wanted]) => {
    const value = fields.get(name);
    return value !== undefined && (wanted === '*' || value === wanted);
  });
}

/** Every operation of a batch must be of the route: else nobody but the owner of the rest could answer it whole. */
function matchesGraphql(
  { operation = 'query', fields }: GraphqlMatch,
  operations: readonly GraphqlOperation[] | undefined,
): boolean {
  if (operations === undefined || operations.length === 0) return false;
  return operations.every(
    (one) =>
      one.kind === operation &&
      one.fields.length > 0 &&
      (fields === undefined || one.fields.every((field) => fields.includes(field))),
  );
}
