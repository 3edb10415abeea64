import { compilePathPattern } from './path-pattern.ts';
import type { Route, RouteTable } from './route.ts';

/** A route made ready for matching. One per route and revision, so evidence can be kept by its identity. */
export interface CompiledRoute {
  readonly route: Route;
  readonly revision: bigint | number;
  readonly methods: ReadonlySet<string>;
  readonly path: RegExp;
}

/** A route table made ready for matching. */
export interface CompiledTable {
  readonly table: RouteTable;
  readonly routes: readonly CompiledRoute[];
}

const defaultMethods = ['GET', 'HEAD'];
const compiled = new WeakMap<RouteTable, CompiledTable>();

/** Compiles a table once; tables are never changed, so the result is kept with it. */
export function compileRouteTable(table: RouteTable): CompiledTable {
  const known = compiled.get(table);
  if (known !== undefined) return known;
  const fresh: CompiledTable = {
    table,
    routes: table.routes.map((route) => ({
      route,
      revision: table.revision,
      methods: new Set(route.match.methods ?? defaultMethods),
      path: compilePathPattern(route.match.path),
    })),
  };
  compiled.set(table, fresh);
  return fresh;
}
