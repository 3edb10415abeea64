import type { Proposal } from '../contexts/proposal.ts';
import { SurveyError } from '../errors.ts';
import type { Evidence, Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';

/** One thing that ties two contexts: an import, the use of another's table, a foreign key. */
export interface CrossTie {
  /** Stable text: what stands in the baseline. */
  readonly key: string;
  readonly evidence: Evidence | undefined;
}

/** What is agreed to be there still. It is committed, and it may only shrink. */
export interface Baseline {
  readonly ties: readonly string[];
}

export interface RatchetResult {
  /** Ties that are not in the baseline: each a new step away from the split. */
  readonly added: readonly CrossTie[];
  /** What is in the baseline and gone: take it out, so that it can't come back. */
  readonly gone: readonly string[];
}

/** All ties across the contexts of a proposal, in order. Shared modules are in none. */
export function crossTies({ ties, tableUses, foreignKeys }: Graph, { contexts }: Proposal): CrossTie[] {
  const contextOf = new Map(
    contexts.flatMap(({ name, modules }) => modules.map((id) => [id, name] as const)),
  );
  const ownerOf = new Map(
    contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
  );
  const isAcross = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && a !== b;
  const found: CrossTie[] = [
    ...ties
      .filter(({ from, to }) => isAcross(contextOf.get(from), contextOf.get(to)))
      .map(({ from, to, evidence }) => ({ key: `${from} uses ${to}`, evidence: evidence[0] })),
    ...tableUses
      .filter(({ module, table }) => isAcross(contextOf.get(module), ownerOf.get(table)))
      .map(({ module, table, writes, evidence }) => ({
        key: `${module} ${writes > 0 ? 'writes' : 'reads'} table ${table}`,
        evidence: evidence[0],
      })),
    ...foreignKeys
      .filter(({ from, to }) => isAcross(ownerOf.get(from), ownerOf.get(to)))
      .map(({ from, to, evidence }) => ({
        key: `table ${from} refers to table ${to}`,
        evidence: evidence[0],
      })),
  ];
  return found.sort((a, b) => compare(a.key, b.key));
}

/** Compares what is there with what was agreed. */
export function checkRatchet(ties: readonly CrossTie[], baseline: Baseline): RatchetResult {
  const agreed = new Set(baseline.ties);
  const there = new Set(ties.map(({ key }) => key));
  return {
    added: ties.filter(({ key }) => !agreed.has(key)),
    gone: baseline.ties.filter((key) => !there.has(key)),
  };
}

/**
 * The baseline to commit: all ties where there was none, else those of before that are still there. It never grows.
 */
export function nextBaseline(ties: readonly CrossTie[], before: Baseline | undefined): Baseline {
  const keys = ties.map(({ key }) => key);
  return { ties: before === undefined ? keys : before.ties.filter((key) => keys.includes(key)) };
}

/** @throws SurveyError `baseline-unreadable` */
export function readBaseline(text: string, path: string): Baseline {
  try {
    const value: unknown = JSON.parse(text);
    const ties = (value as Baseline | null)?.ties;
    if (Array.isArray(ties) && ties.every((each) => typeof each === 'string')) return { ties };
  } catch {
    // told below
  }
  throw new SurveyError(
    'baseline-unreadable',
    `${path} is no baseline: {"ties": ["TIE"]} is expected. Take it from your history, or delete it and make one with: banyan survey check --baseline ${path} --update`,
  );
}
