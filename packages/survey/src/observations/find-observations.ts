import type { Proposal } from '../contexts/proposal.ts';
import type { DatabaseFacts } from '../database/survey-database.ts';
import type { Graph } from '../graph/graph.ts';
import { chattyPairs } from './chatty-pairs.ts';
import { cycles } from './cycles.ts';
import { leastDependedUpon } from './least-depended-upon.ts';
import type { Observation } from './observation.ts';
import { onlyInDatabase } from './only-in-database.ts';
import { stateless } from './stateless.ts';
import { staticTables } from './static-tables.ts';

/** All that stands out, by kind: first what helps to begin, then what wants care. */
export function findObservations(
  graph: Graph,
  proposal: Proposal,
  live: DatabaseFacts | undefined,
): Observation[] {
  return [
    ...leastDependedUpon(graph, proposal),
    ...stateless(graph, proposal),
    ...staticTables(graph, proposal, live),
    ...chattyPairs(graph, proposal, live?.statements ?? []),
    ...cycles(graph, proposal),
    ...onlyInDatabase(graph, proposal, live),
  ];
}
