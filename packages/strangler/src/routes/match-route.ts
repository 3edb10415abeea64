import { isAmbiguousPath } from './ambiguous-path.ts';
import { type CompiledRoute, type CompiledTable, compileRouteTable } from './compile-route-table.ts';
import type { Route, RouteTable } from './route.ts';

/**
 * The first route of the table for a method and a raw path (query excluded, nothing decoded), or undefined: then
 * the table's default upstream answers. Upper and lower case and trailing slashes count. A path with dot segments,
 * plain or encoded, matches nothing.
 */
export function matchRoute(table: RouteTable, method: string, path: string): Route | undefined {
  return matchCompiled(compileRouteTable(table), method, path)?.route;
}

/** As `matchRoute`, for a table that is compiled already. */
export function matchCompiled(
  { routes }: CompiledTable,
  method: string,
  path: string,
): CompiledRoute | undefined {
  for (const candidate of routes) {
    if (candidate.methods.has(method) && candidate.path.test(path)) {
      return isAmbiguousPath(path) ? undefined : candidate;
    }
  }
  return undefined;
}
