import { callSteps, type Method, wholeModule } from './call-steps.ts';
import type { Graph } from './graph.ts';

/** What one entry point or transaction sets in motion. */
export interface Reach {
  readonly modules: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

/** Follows calls through the graph, from an interface to what implements it. */
export function reachOf(
  graph: Pick<Graph, 'calls' | 'accesses' | 'ties'>,
): (module: string, member?: string) => Reach {
  const steps = callSteps(graph);
  return (module, member = wholeModule) => {
    const found = { modules: new Set<string>(), reads: new Set<string>(), writes: new Set<string>() };
    const seen = new Set<string>();
    const open: Method[] = [{ module, member }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const key = `${next.module}\n${next.member}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.modules.add(next.module);
      for (const { table, writes } of steps.touches(next)) (writes ? found.writes : found.reads).add(table);
      open.push(...steps.onwards(next));
    }
    return found;
  };
}
