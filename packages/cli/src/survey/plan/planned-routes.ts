import { type RouteMatch, validateRouteTable } from '@banyan/strangler';
import type { Endpoint } from '@banyan/survey';

/** A route as a proxy takes it. */
export interface PlannedRoute {
  readonly name: string;
  readonly match: RouteMatch;
  readonly isRead: boolean;
}

export interface PlannedRoutes {
  readonly routes: readonly PlannedRoute[];
  /** Entry points that no route leads to, each as found. */
  readonly others: readonly string[];
}

const reads = new Set(['GET', 'HEAD']);
const verbs = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The routes that lead to these entry points; what a proxy can't match is named instead. */
export function plannedRoutes(endpoints: readonly Endpoint[]): PlannedRoutes {
  const routes = new Map<string, PlannedRoute>();
  const others: string[] = [];
  const names = new Set<string>();
  for (const { kind, name } of endpoints) {
    const [, verb = '', path = ''] = /^([A-Z]+) (\/\S*)$/.exec(name) ?? [];
    const pattern = pathPattern(path);
    const methods = verb === 'ANY' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] : [verb];
    const isRead = reads.has(verb);
    // A read without methods is GET and HEAD.
    const match: RouteMatch = verb === 'GET' ? { path: pattern } : { methods, path: pattern };
    if (kind !== 'http' || !methods.every((each) => verbs.has(each)) || !isMatchable(match)) {
      others.push(`${kind} ${name}`);
      continue;
    }
    const key = JSON.stringify(match);
    if (routes.has(key)) continue;
    routes.set(key, { name: freeName(routeName(verb, pattern, isRead), names), match, isRead });
  }
  return { routes: [...routes.values()], others: [...new Set(others)] };
}

/** `/owners/{id:[0-9]+}/**` of other frameworks as `/owners/:id/*`. */
function pathPattern(path: string): string {
  return path
    .replace(/\{(\w+)(?:[:=](?:[^{}]|\{[^{}]*\})*)?\}/g, ':$1')
    .replace(/<(?:\w+:)?(\w+)>/g, ':$1')
    .replace(/(:\w+)(?:\([^)]*\)|\?)/g, '$1')
    .replace(/\/\*\*?$/, '/*');
}

function isMatchable(match: RouteMatch): boolean {
  const route = { name: 'route', match, owner: 'monolith', mode: { kind: 'owner' } } as const;
  try {
    const upstreams = { monolith: { url: 'http://127.0.0.1' } };
    validateRouteTable({ revision: 0, upstreams, default: 'monolith', routes: [route] });
    return true;
  } catch {
    return false;
  }
}

function routeName(verb: string, pattern: string, isRead: boolean): string {
  const words = pattern
    .replace(/[:*]/g, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return [...(isRead ? [] : [verb.toLowerCase()]), ...(words.length === 0 ? ['root'] : words)]
    .join('-')
    .slice(0, 56);
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let at = 2; taken.has(name.toLowerCase()); at++) name = `${wanted}-${at}`;
  taken.add(name.toLowerCase());
  return name;
}
