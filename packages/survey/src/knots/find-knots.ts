import type { Proposal } from '../contexts/proposal.ts';
import type { Graph } from '../graph/graph.ts';
import { reachOf } from '../graph/reach.ts';
import { compare } from '../graph/tie-collector.ts';
import { shortName } from '../report/short-name.ts';
import { someOf } from '../report/some-of.ts';
import { columnGroups } from './column-groups.ts';
import { type Knot, type KnotKind, remedies } from './knot.ts';

/** Knots between the proposed contexts, each with where it is written. */
export function findKnots(graph: Graph, proposal: Proposal): Knot[] {
  const finder = new Finder(graph, proposal);
  return [
    ...finder.foreignKeys(),
    ...finder.staticData(),
    ...finder.sharedTables(),
    ...finder.twoInOne(),
    ...finder.transactions(),
    ...finder.joins(),
    ...finder.pastTheOwner(),
    ...finder.derivedRows(),
  ];
}

class Finder {
  readonly #graph: Graph;
  readonly #contextOf: ReadonlyMap<string, string>;
  readonly #ownerOf: ReadonlyMap<string, string>;
  readonly #jobs: ReadonlySet<string>;

  constructor(graph: Graph, { contexts }: Proposal) {
    this.#graph = graph;
    this.#contextOf = new Map(
      contexts.flatMap(({ name, modules }) => modules.map((id) => [id, name] as const)),
    );
    this.#ownerOf = new Map(
      contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
    );
    this.#jobs = new Set(graph.endpoints.filter(({ kind }) => kind === 'job').map(({ module }) => module));
  }

  *foreignKeys(): Generator<Knot> {
    for (const { from, to, columns, evidence } of this.#graph.foreignKeys) {
      const [mine, theirs] = [this.#ownerOf.get(from), this.#ownerOf.get(to)];
      if (mine === undefined || theirs === undefined || mine === theirs) continue;
      const by = columns.length === 0 ? '' : ` by ${columns.join(', ')}`;
      yield knot('foreign key', `${from} of ${mine} refers to ${to} of ${theirs}${by}`, {
        contexts: [mine, theirs],
        tables: [from, to],
        evidence,
      });
    }
  }

  /** Tables that no code writes and several contexts need, by statements or by foreign keys. */
  *staticData(): Generator<Knot> {
    // Who writes a table is not known where there is no code.
    if (this.#graph.modules.length === 0) return;
    for (const { name, evidence } of this.#graph.tables) {
      const uses = this.#graph.tableUses.filter(({ table }) => table === name);
      if (uses.some(({ writes, maps }) => writes > 0 || maps)) continue;
      const referring = this.#graph.foreignKeys.filter(({ to, from }) => to === name && from !== name);
      const contexts = named([
        ...uses.map(({ module }) => this.#contextOf.get(module)),
        ...referring.map(({ from }) => this.#ownerOf.get(from)),
      ]);
      if (contexts.length < 2) continue;
      yield knot('static data', `${name} is read by ${someOf(contexts)} and written by no code`, {
        contexts,
        tables: [name],
        modules: uses.map(({ module }) => module),
        evidence: [...evidence, ...uses.flatMap((use) => use.evidence)],
      });
    }
  }

  *sharedTables(): Generator<Knot> {
    for (const { name } of this.#graph.tables) {
      const writers = this.#graph.tableUses.filter(({ table, writes }) => table === name && writes > 0);
      const contexts = named(writers.map(({ module }) => this.#contextOf.get(module)));
      if (contexts.length < 2) continue;
      yield knot('shared table', `${name} is written by ${someOf(contexts)}`, {
        contexts,
        tables: [name],
        modules: writers.map(({ module }) => module),
        evidence: writers.flatMap(({ evidence }) => evidence),
      });
    }
  }

  *twoInOne(): Generator<Knot> {
    for (const { name, evidence } of this.#graph.tables) {
      const groups = columnGroups(this.#graph.accesses.filter(({ table }) => table === name));
      if (groups.length < 2) continue;
      const modules = groups.flatMap((group) => group.modules);
      const parts = groups.map(
        (group) => `${group.columns.join(', ')} by ${group.modules.map(shortName).join(', ')}`,
      );
      yield knot(
        'two concepts in one table',
        `${name} has columns that are changed apart: ${parts.join('; ')}`,
        {
          contexts: named(modules.map((id) => this.#contextOf.get(id))),
          tables: [name],
          modules,
          evidence,
        },
      );
    }
  }

  *transactions(): Generator<Knot> {
    const reach = reachOf(this.#graph);
    for (const { module, member, evidence } of this.#graph.transactions) {
      const { writes } = reach(module, member === '*' ? undefined : member);
      const tables = [...writes].sort(compare);
      const contexts = named(tables.map((table) => this.#ownerOf.get(table)));
      if (contexts.length < 2) continue;
      const inside = member.replace('~transaction', '').replace(/^(\*|<top>)$/, '');
      const name = `${shortName(module)} ${inside}`.trim();
      yield knot(
        'transaction',
        `${name} writes ${someOf(tables)} of ${someOf(contexts)} in one transaction`,
        {
          contexts,
          tables,
          modules: [module],
          evidence,
        },
      );
    }
  }

  *joins(): Generator<Knot> {
    for (const { module, tables, evidence } of this.#graph.joins) {
      const contexts = named(tables.map((table) => this.#ownerOf.get(table)));
      if (contexts.length < 2) continue;
      yield knot('join', `${shortName(module)} joins ${someOf(tables)} of ${someOf(contexts)}`, {
        contexts,
        tables,
        modules: [module],
        evidence,
      });
    }
  }

  /** Jobs that write tables which the application writes as well. */
  *pastTheOwner(): Generator<Knot> {
    for (const job of [...this.#jobs].sort(compare)) {
      const written = this.#graph.tableUses.filter(({ module, writes }) => module === job && writes > 0);
      const also = written.filter(({ table }) =>
        this.#graph.tableUses.some((use) => use.table === table && use.module !== job && use.writes > 0),
      );
      if (also.length === 0) continue;
      const tables = also.map(({ table }) => table).sort(compare);
      const says = `the job ${shortName(job)} writes ${someOf(tables)}, which the application writes too`;
      yield knot('past the owner', says, {
        contexts: named(tables.map((table) => this.#ownerOf.get(table))),
        tables,
        modules: [job],
        evidence: also.flatMap(({ evidence }) => evidence),
      });
    }
  }

  /** Tables that a statement fills from tables of another context. */
  *derivedRows(): Generator<Knot> {
    for (const { module, tables, writes, evidence } of this.#graph.joins) {
      for (const name of writes) {
        const owner = this.#ownerOf.get(name);
        const sources = tables.filter(
          (table) => !writes.includes(table) && this.#ownerOf.get(table) !== owner,
        );
        const from = named(sources.map((table) => this.#ownerOf.get(table)));
        if (owner === undefined || from.length === 0) continue;
        yield knot(
          'derived rows',
          `${shortName(module)} computes rows of ${name} from ${someOf(sources)} of ${someOf(from)}`,
          {
            contexts: named([owner, ...from]),
            tables: [name, ...sources],
            modules: [module],
            evidence,
          },
        );
      }
    }
  }
}

const evidenceKept = 8;

function knot(
  kind: KnotKind,
  says: string,
  { modules = [], ...rest }: Pick<Knot, 'contexts' | 'tables' | 'evidence'> & { modules?: readonly string[] },
): Knot {
  const { contexts, tables } = rest;
  return {
    kind,
    says,
    contexts,
    tables,
    modules: [...new Set(modules)].sort(compare),
    evidence: rest.evidence.slice(0, evidenceKept),
    remedy: remedies[kind],
  };
}

function named(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort(compare);
}
