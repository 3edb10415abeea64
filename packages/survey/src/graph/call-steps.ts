import type { Access, Call, Graph } from './graph.ts';

/** A method of a module; `*` where all that is known is the module. */
export interface Method {
  readonly module: string;
  readonly member: string;
}

/** Where a method leads, and what it does to tables. */
export interface CallSteps {
  onwards(method: Method): readonly Method[];
  touches(method: Method): readonly { readonly table: string; readonly writes: boolean }[];
}

/** How a method of a repository is named that changes rows; of such a module only its name tells reading from writing. */
const changes = /^(save|insert|add|create|update|delete|remove|persist|merge|store|put|set|batch)/i;
export const wholeModule = '*';

/** The steps of a graph, from an interface also to what implements it. */
export function callSteps(graph: Pick<Graph, 'calls' | 'accesses' | 'ties'>): CallSteps {
  const calls = groupBy(graph.calls, ({ from, fromMember }) => `${from}\n${fromMember}`);
  const byModule = groupBy(graph.calls, ({ from }) => from);
  const accesses = groupBy(graph.accesses, ({ module }) => module);
  const implementers = groupBy(
    graph.ties.filter(({ kinds }) => kinds.implements !== undefined),
    ({ to }) => to,
  );
  const onwards = new Map<string, readonly Method[]>();
  const touched = new Map<string, readonly Access[]>();
  return {
    onwards: remembered(onwards, ({ module, member }) => {
      const here: readonly Call[] =
        (member === wholeModule ? byModule.get(module) : calls.get(`${module}\n${member}`)) ?? [];
      return [
        ...here.map(({ to, toMember }) => ({ module: to, member: toMember })),
        ...(implementers.get(module) ?? []).map(({ from }) => ({ module: from, member })),
      ];
    }),
    touches: remembered(touched, ({ module, member }) =>
      (accesses.get(module) ?? []).filter((access) => isOf(access, member)),
    ),
  };
}

/** Many use cases go the same ways. */
function remembered<T>(known: Map<string, T>, find: (method: Method) => T): (method: Method) => T {
  return (method) => {
    const key = `${method.module}\n${method.member}`;
    let found = known.get(key);
    if (found === undefined) {
      found = find(method);
      known.set(key, found);
    }
    return found;
  };
}

function isOf({ member, writes }: Access, method: string): boolean {
  if (member !== wholeModule && method !== wholeModule && member !== method) return false;
  return member !== wholeModule || method === wholeModule || writes === changes.test(method);
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
