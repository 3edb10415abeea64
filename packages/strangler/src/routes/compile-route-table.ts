import { compilePathPattern } from './path-pattern.ts';
import type { Route, RouteTable } from './route.ts';

/** A route made ready for matching. One per route and revision, so evidence can be kept by its identity. */
export interface CompiledRoute {
  readonly route: Route;
  readonly revision: bigint | number;
  readonly methods: ReadonlySet<string>;
  readonly path: RegExp;
  /** Whether method and path are all that it looks at. */
  readonly plain: boolean;
}

/** A route table made ready for matching. */
export interface CompiledTable {
  readonly table: RouteTable;
  readonly routes: readonly CompiledRoute[];
  /** Whether any route looks into bodies for GraphQL. */
  readonly graphql: boolean;
  /** Whether nothing but method, path and the client's key is looked at. */
  readonly simple: boolean;
}

const defaultMethods = ['GET', 'HEAD'];
const graphqlMethods = ['GET', 'POST'];
const compiled = new WeakMap<RouteTable, CompiledTable>();

/** Compiles a table once; tables are never changed, so the result is kept with it. */
export function compileRouteTable(table: RouteTable): CompiledTable {
  const known = compiled.get(table);
  if (known !== undefined) return known;
  const fresh: CompiledTable = {
    table,
    simple: isSimple(table),
    graphql: table.routes.some(({ match }) => match.graphql !== undefined),
    routes: table.routes.map((route) => ({
      route,
      revision: table.revision,
      methods: new Set(route.match.methods ?? (route.match.graphql ? graphqlMethods : defaultMethods)),
      path: compilePathPattern(route.match.path),
      plain: isPlain(route),
    })),
  };
  compiled.set(table, fresh);
  return fresh;
}

function isPlain({ match }: Route): boolean {
  return match.host === undefined && match.headers === undefined && match.graphql === undefined;
}

function isSimple({ routes, upstreams }: RouteTable): boolean {
  return routes.every(isPlain) && Object.values(upstreams).every(({ instances }) => instances === undefined);
}
