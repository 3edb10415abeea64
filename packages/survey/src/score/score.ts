import type { Survey } from '../survey.ts';
import { compareWithTruth, type Placement } from './assignment.ts';
import { c2cCoverage, c2cThresholds } from './c2c.ts';
import { mojoFm } from './mojofm.ts';
import { type Quality, qualityOf } from './quality.ts';
import type { Truth } from './truth.ts';

/** How near a proposal is to a known split. */
export interface TruthScore {
  readonly contextsProposed: number;
  readonly contextsKnown: number;
  readonly classesCounted: number;
  /** Classes of the list that are not in the code. */
  readonly classesMissing: readonly string[];
  /** Shared classes may stand in each context. */
  readonly mojoFm: number;
  /** Each shared class stands in its home alone. */
  readonly mojoFmSingle: number;
  /** By threshold in per cent. */
  readonly c2cCoverage: Readonly<Record<string, number>>;
  readonly quality: Quality;
}

/** Scores the proposal of a survey against a known split. */
export function scoreAgainst({ proposal, graph }: Survey, truth: Truth): TruthScore {
  const placement = placementOf(proposal);
  const single = new Map([...placement].map(([id, where]) => [id, new Set([homeOf(id, where)])]));
  const { counted, missing, known } = compareWithTruth(placement, truth);
  return {
    contextsProposed: proposal.contexts.length,
    contextsKnown: known.length,
    classesCounted: counted.length,
    classesMissing: missing,
    mojoFm: mojoFm(placement, truth),
    mojoFmSingle: mojoFm(single, truth),
    c2cCoverage: Object.fromEntries(
      c2cThresholds.map((threshold) => [`${threshold}`, c2cCoverage(placement, truth, threshold)]),
    ),
    quality: qualityOf(graph, proposal),
  };

  function homeOf(id: string, where: ReadonlySet<string>): string {
    return proposal.shared.find(({ module }) => module === id)?.home ?? [...where].sort()[0]!;
  }
}

/** Every module with its contexts: a shared one is in all that use it, or in all where nothing ties it to any. */
function placementOf({ contexts, shared }: Survey['proposal']): Placement {
  const all = contexts.map(({ name }) => name);
  const placement = new Map<string, Set<string>>();
  for (const { name, modules } of contexts) for (const id of modules) placement.set(id, new Set([name]));
  for (const { module, usedBy } of shared) placement.set(module, new Set(usedBy.length > 1 ? usedBy : all));
  return placement;
}
