import { type Omission, readSources } from './code/read-sources.ts';
import { applyPins, type Pins } from './contexts/pins.ts';
import type { Proposal } from './contexts/proposal.ts';
import { proposeContexts } from './contexts/propose-contexts.ts';
import { buildGraph } from './graph/build-graph.ts';
import type { Graph } from './graph/graph.ts';
import { java } from './java/java.ts';
import { findKnots } from './knots/find-knots.ts';
import type { Knot } from './knots/knot.ts';
import { loadSqlParser } from './sql/tables-of-sql.ts';
import { typescript } from './typescript/typescript.ts';

export interface SurveyOptions {
  /** The folder of the code. */
  readonly repo: string;
  /** What the team has decided. */
  readonly pins?: Pins;
  /** Told while files are read. */
  readonly onProgress?: (read: number, of: number) => void;
}

/** What a survey found and what it proposes. */
export interface Survey {
  readonly files: number;
  readonly graph: Graph;
  readonly proposal: Proposal;
  /** What ties the proposed contexts together. */
  readonly knots: readonly Knot[];
  /** What could not be read, or not whole. */
  readonly omissions: readonly Omission[];
}

/**
 * Surveys a folder of code: reads it, joins what it says into one graph and proposes bounded contexts. Nothing is written and nothing
 * leaves the machine. The same files have the same answer.
 *
 * @throws SurveyError `not-a-folder`, `too-many-files`, `pin-unknown`
 */
export async function survey({ repo, pins = {}, onProgress }: SurveyOptions): Promise<Survey> {
  const sources = await readSources(repo, [await java(), await typescript()], onProgress);
  const { graph, words } = buildGraph(sources.facts, await loadSqlParser());
  const proposal = applyPins(graph, proposeContexts(graph, words), pins);
  const knots = findKnots(graph, proposal);
  return { files: sources.files, graph, proposal, knots, omissions: sources.omissions };
}
