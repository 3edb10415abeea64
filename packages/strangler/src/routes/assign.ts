import type { CompiledRoute, CompiledTable } from './compile-route-table.ts';
import { type Decision, decide } from './decide.ts';
import { isolationKey } from './isolation.ts';
import type { NamedValues } from './named-values.ts';
import { isRead, type ReadRequest } from './reads.ts';
import type { RouteTable } from './route.ts';
import { stickyKey, stickyPlace } from './sticky.ts';

/** What a request is assigned by, once its route is known. */
export interface AssignedRequest extends ReadRequest {
  readonly fields: NamedValues;
}

/** A number for each request and a key for each new client, passed in so that an assignment is repeatable. */
export interface Chance {
  /** A number in [0, 1). */
  readonly random: () => number;
  /** A new key for a client that has none. */
  readonly newKey: () => string;
}

/** Who answers a request of a route. */
export interface Assignment extends Decision {
  readonly read: boolean;
  /** Set where the client was not known and has to be from now on. */
  readonly newKey: string | undefined;
}

/** Decides a request of a route by the route's own rules. */
export function assign(
  { route }: CompiledRoute,
  table: RouteTable,
  request: AssignedRequest,
  { random, newKey }: Chance,
): Assignment {
  const { mode, candidate } = route;
  const read = isRead(route, request);
  const sandboxed = candidate !== undefined && table.upstreams[candidate]?.sandboxed === true;
  const split = read && mode.kind === 'canary' && mode.share > 0 && mode.share < 1;
  const known = split ? stickyKey(request.fields, route.stickiness) : undefined;
  const fresh = split && known === undefined ? newKey() : undefined;
  const place = split ? stickyPlace(known ?? fresh!) : 0;
  const { side, shadow, fallback } = decide(route, { place, sample: random() }, { read, sandboxed });
  return { side, shadow, fallback, read, newKey: fresh };
}

/** An upstream of the table, or a developer's own instance of it. */
export interface ChosenUpstream {
  readonly name: string;
  readonly instance?: string;
}

/**
 * The developer's own instance that a request asks for: of the candidate of its route, whatever its mode, else of the owner.
 * Undefined where it asks for none, or for one that isn't there.
 */
export function isolated(
  { table, simple }: CompiledTable,
  route: CompiledRoute | undefined,
  fields: NamedValues,
): ChosenUpstream | undefined {
  if (simple) return undefined;
  for (const name of [route?.route.candidate, route?.route.owner ?? table.default]) {
    const instances = name === undefined ? undefined : table.upstreams[name]?.instances;
    if (instances === undefined) continue;
    const key = isolationKey(fields, name!);
    if (key !== undefined && Object.hasOwn(instances, key)) return { name: name!, instance: key };
  }
  return undefined;
}
