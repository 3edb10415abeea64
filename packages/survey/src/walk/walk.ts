import type { Proposal } from '../contexts/proposal.ts';
import { type CallSteps, callSteps, type Method, wholeModule } from '../graph/call-steps.ts';
import type { Endpoint, Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';

/** One method that a use case calls, in the order in which the calls are followed. */
export interface WalkStep {
  /** 0 for the entry point itself. */
  readonly depth: number;
  readonly module: string;
  readonly member: string;
  /** Where it would run: a shared module runs with whoever calls it. */
  readonly context: string | undefined;
  /** The context it is called from, where that is another one: a call that would go over the network. */
  readonly from: string | undefined;
  readonly tables: readonly WalkTable[];
}

export interface WalkTable {
  readonly table: string;
  readonly writes: boolean;
  /** The context that keeps it, where that is another one. */
  readonly of: string | undefined;
}

/** How often a use case goes from one context to another. */
export interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly calls: number;
  /** Uses of tables that `to` keeps: under the cut these are calls too. */
  readonly tables: number;
}

/** What a use case does under the proposed cut. */
export interface Walk {
  readonly endpoint: Endpoint;
  /** Those that take part, the one with the entry point first. */
  readonly contexts: readonly string[];
  readonly steps: readonly WalkStep[];
  readonly crossings: readonly Crossing[];
  /** Ways that come back to a context while it waits: `[a, b, a]`. */
  readonly circles: readonly (readonly string[])[];
  /** There are more steps than are followed. */
  readonly isCut: boolean;
}

const mostSteps = 2_000;

/** Walks through use cases under a proposed cut, over static calls. */
export function walker(graph: Graph, proposal: Proposal): (endpoint: Endpoint) => Walk {
  const steps = callSteps(graph);
  const contextOf = new Map(
    proposal.contexts.flatMap(({ name, modules }) => modules.map((id) => [id, name] as const)),
  );
  const ownerOf = new Map(
    proposal.contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
  );
  return (endpoint) => new Walker(steps, contextOf, ownerOf).walk(endpoint);
}

interface Waiting extends Method {
  readonly depth: number;
  readonly caller: string | undefined;
  /** The contexts on the way here, each change once. */
  readonly way: readonly string[];
}

class Walker {
  readonly #steps: CallSteps;
  readonly #contextOf: ReadonlyMap<string, string>;
  readonly #ownerOf: ReadonlyMap<string, string>;
  readonly #crossings = new Map<string, { -readonly [K in keyof Crossing]: Crossing[K] }>();
  readonly #circles = new Map<string, readonly string[]>();

  constructor(
    steps: CallSteps,
    contextOf: ReadonlyMap<string, string>,
    ownerOf: ReadonlyMap<string, string>,
  ) {
    this.#steps = steps;
    this.#contextOf = contextOf;
    this.#ownerOf = ownerOf;
  }

  walk(endpoint: Endpoint): Walk {
    const { module, member = wholeModule } = endpoint;
    const found: WalkStep[] = [];
    const seen = new Set<string>();
    const open: Waiting[] = [{ module, member, depth: 0, caller: undefined, way: [] }];
    for (let next = open.pop(); next !== undefined && found.length < mostSteps; next = open.pop()) {
      const context = this.#contextOf.get(next.module) ?? next.caller;
      const from = context === next.caller ? undefined : next.caller;
      if (from !== undefined && context !== undefined) this.#cross(from, context, 'calls');
      const way = context === undefined || next.way.at(-1) === context ? next.way : [...next.way, context];
      this.#circle(way);
      const key = `${next.module}\n${next.member}\n${context}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const { depth } = next;
      found.push({
        depth,
        module: next.module,
        member: next.member,
        context,
        from,
        tables: this.#tables(next, context),
      });
      const onwards = this.#steps.onwards(next);
      for (const to of [...onwards].reverse()) open.push({ ...to, depth: depth + 1, caller: context, way });
    }
    const contexts = found.flatMap(({ context, tables }) => [context, ...tables.map(({ of }) => of)]);
    return {
      endpoint,
      contexts: [...new Set(contexts.filter((each) => each !== undefined))],
      steps: found,
      crossings: [...this.#crossings.values()].sort(
        (a, b) => b.calls + b.tables - a.calls - a.tables || compare(a.from + a.to, b.from + b.to),
      ),
      circles: [...this.#circles.values()],
      isCut: open.length > 0,
    };
  }

  #tables(method: Method, context: string | undefined): WalkTable[] {
    const tables = new Map<string, WalkTable>();
    for (const { table, writes } of this.#steps.touches(method)) {
      const owner = this.#ownerOf.get(table);
      const of = owner === context ? undefined : owner;
      const known = tables.get(table);
      tables.set(table, { table, writes: writes || known?.writes === true, of });
    }
    for (const { of } of tables.values())
      if (of !== undefined && context !== undefined) this.#cross(context, of, 'tables');
    return [...tables.values()].sort((a, b) => compare(a.table, b.table));
  }

  #cross(from: string, to: string, what: 'calls' | 'tables'): void {
    const key = JSON.stringify([from, to]);
    const crossing = this.#crossings.get(key) ?? { from, to, calls: 0, tables: 0 };
    this.#crossings.set(key, crossing);
    crossing[what]++;
  }

  #circle(way: readonly string[]): void {
    const last = way.at(-1);
    const before = way.lastIndexOf(last!, -2);
    if (last === undefined || before < 0) return;
    const circle = way.slice(before);
    this.#circles.set(JSON.stringify(circle), circle);
  }
}
