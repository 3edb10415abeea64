import type { Access, Call, Graph } from './graph.ts';

/** What one entry point or transaction sets in motion. */
export interface Reach {
  readonly modules: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

/** How a method of a repository is named that changes rows; of such a module only its name tells reading from writing. */
const changes = /^(save|insert|add|create|update|delete|remove|persist|merge|store|put|set|batch)/i;
const whole = '*';

/** Follows calls through the graph, from an interface to what implements it. */
export function reachOf(
  graph: Pick<Graph, 'calls' | 'accesses' | 'ties'>,
): (module: string, member?: string) => Reach {
  const calls = groupBy(graph.calls, ({ from, fromMember }) => key(from, fromMember));
  const byModule = groupBy(graph.calls, ({ from }) => from);
  const accesses = groupBy(graph.accesses, ({ module }) => module);
  const implementers = groupBy(
    graph.ties.filter(({ kinds }) => kinds.implements !== undefined),
    ({ to }) => to,
  );
  return (module, member) => {
    const found = { modules: new Set<string>(), reads: new Set<string>(), writes: new Set<string>() };
    const seen = new Set<string>();
    const open: [string, string][] = [[module, member ?? whole]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [at, method] = next;
      if (seen.has(key(at, method))) continue;
      seen.add(key(at, method));
      found.modules.add(at);
      for (const access of accesses.get(at) ?? []) touch(found, access, method);
      const onwards: readonly Call[] =
        method === whole ? (byModule.get(at) ?? []) : (calls.get(key(at, method)) ?? []);
      for (const { to, toMember } of onwards) open.push([to, toMember]);
      for (const { from } of implementers.get(at) ?? []) open.push([from, method]);
    }
    return found;
  };
}

function touch(
  found: { reads: Set<string>; writes: Set<string> },
  { member, table, writes }: Access,
  method: string,
): void {
  if (member !== whole && method !== whole && member !== method) return;
  if (member === whole && method !== whole && writes !== changes.test(method)) return;
  (writes ? found.writes : found.reads).add(table);
}

function key(module: string, member: string): string {
  return `${module}\n${member}`;
}

function groupBy<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(by(one));
    if (group === undefined) groups.set(by(one), [one]);
    else group.push(one);
  }
  return groups;
}
