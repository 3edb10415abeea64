/** Where the seams of a monolith are. */
export type { Omission } from './code/read-sources.ts';
export type { ModulePlacement, Proposal, ProposedContext, SharedModule } from './contexts/proposal.ts';
export { SurveyError } from './errors.ts';
export type {
  Call,
  Endpoint,
  Evidence,
  ForeignKey,
  Graph,
  Module,
  Table,
  TableJoin,
  TableUse,
  Tie,
  TransactionalMember,
} from './graph/graph.ts';
export { type Survey, type SurveyOptions, survey } from './survey.ts';
