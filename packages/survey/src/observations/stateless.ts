import type { Proposal } from '../contexts/proposal.ts';
import { addTo } from '../graph/add-to.ts';
import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { shortName } from '../report/short-name.ts';
import { someOf } from '../report/some-of.ts';
import { type Observation, observation } from './observation.ts';

/**
 * What keeps no state: contexts without a table whose modules lead to none, and in the others modules with an entry point from which no
 * table can be reached by any tie.
 */
export function* stateless(
  { modules, ties, tableUses, endpoints }: Graph,
  { contexts }: Proposal,
): Generator<Observation> {
  if (tableUses.length === 0) return;
  const reaching = withTables(ties, tableUses);
  const entries = new Set(endpoints.map(({ module }) => module));
  const linesOf = new Map(modules.map(({ id, lines }) => [id, lines]));
  const lines = (ids: readonly string[]) => ids.reduce((sum, id) => sum + (linesOf.get(id) ?? 0), 0);
  const [without, keeping] = [
    contexts.filter(({ tables }) => tables.length === 0),
    contexts.filter(({ tables }) => tables.length > 0),
  ];
  for (const { name, modules: own } of without) {
    if (own.length === 0) continue;
    const rest = own.filter((id) => reaching.has(id)).length;
    const says =
      rest === 0
        ? `${name} keeps no table and leads to none`
        : `${name} keeps no table; ${rest} of its ${own.length} modules lead to those of others`;
    yield observation('keeps no state', says, { contexts: [name], modules: own, count: lines(own) });
  }
  for (const { name, modules: own } of keeping) {
    const entered = own
      .filter((id) => entries.has(id) && !reaching.has(id))
      .sort((a, b) => linesOf.get(b)! - linesOf.get(a)! || compare(a, b));
    if (entered.length === 0) continue;
    const says = `from ${someOf(entered.map(shortName))} of ${name} no table is reached`;
    yield observation('keeps no state', says, { contexts: [name], modules: entered, count: lines(entered) });
  }
}

/** Modules that use a table or any module that does. */
function withTables(ties: Graph['ties'], tableUses: Graph['tableUses']): Set<string> {
  const users = new Map<string, string[]>();
  for (const { from, to } of ties) addTo(users, to, from);
  const found = new Set(tableUses.map(({ module }) => module));
  for (const id of found) for (const user of users.get(id) ?? []) found.add(user);
  return found;
}
