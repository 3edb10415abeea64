import type { Proposal } from '../contexts/proposal.ts';
import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import type { History } from '../history/history.ts';
import type { Knot, KnotKind } from '../knots/knot.ts';
import { type Driver, worthOf } from './drivers.ts';

/** What it costs to take a context out, and what it would bring. */
export interface Candidate {
  readonly context: string;
  readonly modules: number;
  readonly lines: number;
  readonly tables: number;
  readonly endpoints: number;
  /** How many knots of each kind hold it. */
  readonly knots: Readonly<Partial<Record<KnotKind, number>>>;
  /** Joins and transactions that the cut breaks, by the hour, as far as the database told. */
  readonly perHour: number | undefined;
  /** The most contexts that one of its transactions spans: the steps of the saga that would replace it. */
  readonly sagaSteps: number;
  /** Modules of other contexts that lean on it, and those of others that it leans on. */
  readonly callers: number;
  readonly uses: number;
  /** Whether it keeps any table. */
  readonly keepsState: boolean;
  /** 0 to 100, from the costs. */
  readonly ease: number;
  /** 0 to 100, its part in what the driver counts. */
  readonly benefit: number;
}

/** What each thing in the way weighs: a transaction or a shared table takes a redesign, a caller a changed line. */
const weights: Readonly<Partial<Record<KnotKind, number>>> & { caller: number } = {
  transaction: 3,
  'shared table': 3,
  'two concepts in one table': 2,
  trigger: 2,
  'past the owner': 1,
  'foreign key': 1,
  join: 1,
  'derived rows': 1,
  'static data': 0.5,
  caller: 0.5,
};
/** A cost of so much halves the ease. */
const halfEase = 10;

export interface CandidateInput {
  readonly graph: Graph;
  readonly proposal: Proposal;
  readonly knots: readonly Knot[];
  readonly history: History | undefined;
  readonly driver: Driver;
  /** What the team expects of taking out each context, where it says so, 0 to 100. */
  readonly expected?: ReadonlyMap<string, number>;
}

/** The contexts in the order in which to take them out: by ease times benefit. */
export function candidates({
  graph,
  proposal,
  knots,
  history,
  driver,
  expected = new Map(),
}: CandidateInput): Candidate[] {
  const all = proposal.contexts.map(({ name, modules, tables }) => {
    const own = new Set(modules);
    const holding = knots.filter(({ contexts }) => contexts.includes(name));
    const counts: Partial<Record<KnotKind, number>> = {};
    for (const { kind } of holding) counts[kind] = (counts[kind] ?? 0) + 1;
    const others = new Set(
      proposal.contexts.filter((each) => each.name !== name).flatMap((each) => each.modules),
    );
    const into = graph.ties.filter(({ from, to }) => own.has(to) && others.has(from));
    const out = graph.ties.filter(({ from, to }) => own.has(from) && others.has(to));
    const callers = new Set(into.map(({ from }) => from)).size;
    const uses = new Set(out.map(({ to }) => to)).size;
    const rates = holding.map(({ perHour }) => perHour).filter((rate) => rate !== undefined);
    const cost =
      Object.entries(counts).reduce(
        (sum, [kind, times]) => sum + (weights[kind as KnotKind] ?? 1) * times,
        0,
      ) +
      weights.caller * (callers + uses);
    return {
      context: name,
      modules: modules.length,
      lines: graph.modules.filter(({ id }) => own.has(id)).reduce((sum, { lines }) => sum + lines, 0),
      tables: tables.length,
      endpoints: graph.endpoints.filter(({ module }) => own.has(module)).length,
      knots: counts,
      perHour: rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0),
      sagaSteps: Math.max(
        0,
        ...holding.filter(({ kind }) => kind === 'transaction').map(({ contexts }) => contexts.length),
      ),
      callers,
      uses,
      keepsState: tables.length > 0,
      ease: Math.round(100 / (1 + cost / halfEase)),
      worth: worthOf({ graph, knots, history, driver }, { name, modules: own, tables: new Set(tables) }),
    };
  });
  const most = Math.max(...all.map(({ worth }) => worth), 0);
  return all
    .map(({ worth, ...rest }) => ({
      ...rest,
      benefit: expected.get(rest.context) ?? (most === 0 ? 0 : Math.round((100 * worth) / most)),
    }))
    .sort(
      (a, b) => b.ease * b.benefit - a.ease * a.benefit || b.ease - a.ease || compare(a.context, b.context),
    );
}
