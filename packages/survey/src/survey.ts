import { type Omission, readSources } from './code/read-sources.ts';
import type { Proposal } from './contexts/proposal.ts';
import { proposeContexts } from './contexts/propose-contexts.ts';
import { buildGraph } from './graph/build-graph.ts';
import type { Graph } from './graph/graph.ts';
import { java } from './java/java.ts';
import { loadSqlParser } from './sql/tables-of-sql.ts';

export interface SurveyOptions {
  /** The folder of the code. */
  readonly repo: string;
  /** Told while files are read. */
  readonly onProgress?: (read: number, of: number) => void;
}

/** What a survey found and what it proposes. */
export interface Survey {
  readonly files: number;
  readonly graph: Graph;
  readonly proposal: Proposal;
  /** What could not be read, or not whole. */
  readonly omissions: readonly Omission[];
}

/**
 * Surveys a folder of code: reads it, joins what it says into one graph and proposes bounded contexts. Nothing is written and nothing
 * leaves the machine. The same files have the same answer.
 *
 * @throws SurveyError `not-a-folder`, `too-many-files`
 */
export async function survey({ repo, onProgress }: SurveyOptions): Promise<Survey> {
  const sources = await readSources(repo, [await java()], onProgress);
  const { graph, words } = buildGraph(sources.facts, await loadSqlParser());
  const proposal = proposeContexts(graph, words);
  return { files: sources.files, graph, proposal, omissions: sources.omissions };
}
