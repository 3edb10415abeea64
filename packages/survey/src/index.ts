/** Where the seams of a monolith are. */
export type { Omission } from './code/read-sources.ts';
export type { Pins } from './contexts/pins.ts';
export type { ModulePlacement, Proposal, ProposedContext, SharedModule } from './contexts/proposal.ts';
export { proposedPins } from './contexts/proposed-pins.ts';
export { readPins } from './contexts/read-pins.ts';
export type { Candidate } from './costs/costs.ts';
export { type Driver, drivers } from './costs/drivers.ts';
export { movedPins } from './costs/what-if.ts';
export type {
  Catalogue,
  CatalogueClient,
  CatalogueCode,
  CatalogueForeignKey,
  CatalogueTable,
  CatalogueTrigger,
} from './database/catalogue.ts';
export type { Missing, SurveyDatabase } from './database/database.ts';
export { type CountedStatement, type CountedStatements, readStatements } from './database/read-statements.ts';
export type { DatabaseFacts } from './database/survey-database.ts';
export type { WrittenTogether } from './database/temporary-slot.ts';
export { type WatchedWrites, type WatchOptions, watchWrites } from './database/watch-writes.ts';
export { SurveyError } from './errors.ts';
export type {
  Access,
  Call,
  DatabaseCode,
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
export type { ChangeCoupling, FileHistory, History } from './history/history.ts';
export type { Knot, KnotKind } from './knots/knot.ts';
export type { Observation, ObservationKind } from './observations/observation.ts';
export {
  type Baseline,
  type CrossTie,
  checkRatchet,
  crossTies,
  nextBaseline,
  type RatchetResult,
  readBaseline,
} from './ratchet/ratchet.ts';
export { documentVersion, type SurveyDocument, surveyDocument } from './report/document.ts';
export { surveyMarkdown } from './report/markdown.ts';
export { surveyPage } from './report/page/page.ts';
export { scoreAgainst, type TruthScore } from './score/score.ts';
export { readTruth, type Truth } from './score/truth.ts';
export { type FunctionTables, loadFunctionParser, type TablesOfFunction } from './sql/tables-of-function.ts';
export { loadSqlParser, type StatementTables, type TablesOfSql } from './sql/tables-of-sql.ts';
export { type Survey, type SurveyOptions, survey } from './survey.ts';
export { findEndpoints } from './walk/find-endpoints.ts';
export { type Crossing, type Walk, type WalkStep, type WalkTable, walker } from './walk/walk.ts';
