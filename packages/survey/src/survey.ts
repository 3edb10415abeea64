import { SurveyCache } from './cache/survey-cache.ts';
import { isSchemaScript, listSources, type Omission, readSources } from './code/read-sources.ts';
import { applyPins, type Pins } from './contexts/pins.ts';
import type { Proposal } from './contexts/proposal.ts';
import { proposeContexts } from './contexts/propose-contexts.ts';
import { type Candidate, candidates } from './costs/costs.ts';
import type { Driver } from './costs/drivers.ts';
import type { Missing, SurveyDatabase } from './database/database.ts';
import { type DatabaseFacts, schemaOf, surveyDatabase } from './database/survey-database.ts';
import { tablesAsModules } from './database/tables-as-modules.ts';
import type { WatchOptions } from './database/watch-writes.ts';
import { SurveyError } from './errors.ts';
import { buildGraph } from './graph/build-graph.ts';
import type { Graph } from './graph/graph.ts';
import type { Complexity, History } from './history/history.ts';
import { readLog } from './history/read-log.ts';
import { summariseHistory } from './history/summarise-history.ts';
import { databaseKnots } from './knots/database-knots.ts';
import { findKnots } from './knots/find-knots.ts';
import type { Knot } from './knots/knot.ts';
import { languagesOf } from './languages.ts';
import { findObservations } from './observations/find-observations.ts';
import type { Observation } from './observations/observation.ts';
import { type GivenSchema, givenSchemas } from './sql/given-schemas.ts';
import { loadSqlParser, type TablesOfSql } from './sql/tables-of-sql.ts';

export interface SurveyOptions {
  /** The folder of the code. */
  readonly repo?: string;
  /** Scripts of the schema that stand elsewhere, such as what `pg_dump --schema-only` wrote. */
  readonly schemas?: readonly string[] | undefined;
  /** Leaves the folder's own scripts of the schema out, to see what the code says without them. */
  readonly codeAlone?: boolean;
  /** The live database. Either or both are enough. */
  readonly database?: SurveyDatabase;
  /** Read the database's log for so long. */
  readonly watch?: WatchOptions;
  /** What the team wants of the split; the pace of change where there is a history, else size. */
  readonly driver?: Driver;
  /** What the team has decided. */
  readonly pins?: Pins;
  /** A folder to keep what was found for the next time; without it nothing is written. */
  readonly cache?: string | undefined;
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
  /** What else stands out: where to begin, where to be careful. */
  readonly observations: readonly Observation[];
  /** The contexts in the order in which to take them out, with what each cut costs. */
  readonly candidates: readonly Candidate[];
  readonly driver: Driver;
  readonly history: History | undefined;
  readonly database: DatabaseFacts | undefined;
  /** What could not be read, or not whole. */
  readonly omissions: readonly Omission[];
  /** What could not be had, and how to get it. */
  readonly missing: readonly Missing[];
}

/**
 * Surveys code, a live database or both: joins what they say into one graph, proposes bounded contexts and names what ties them together.
 * Nothing is written, but to a cache if one is given, and nothing leaves the machine. The same input has the same answer.
 *
 * @throws SurveyError `nothing-to-survey`, `not-a-folder`, `too-many-files`, `schema-unreadable`, `pin-unknown`
 */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const { repo, database, watch, pins = {} } = options;
  if (repo === undefined && database === undefined)
    throw new SurveyError(
      'nothing-to-survey',
      'Give a folder of code with --repo, a database with --database, or both.',
    );
  const given = await givenSchemas(options.schemas ?? []);
  const tablesOf = await loadSqlParser();
  const live = database === undefined ? undefined : await surveyDatabase(database, tablesOf, watch);
  const { graph, proposed, omissions, files, complexity } = await concluded(
    options,
    { live, given },
    tablesOf,
  );
  const proposal = applyPins(graph, proposed, pins);
  const knots = findKnots(graph, proposal);
  if (live !== undefined) knots.push(...databaseKnots(live, proposal));
  const log = repo === undefined ? undefined : await readLog(repo);
  const history =
    log === undefined || log.commits.length === 0 ? undefined : summariseHistory(log.commits, complexity);
  const driver = options.driver ?? (history === undefined ? 'size' : 'change');
  return {
    files,
    graph,
    proposal,
    knots,
    observations: findObservations(graph, proposal, live),
    candidates: candidates({ graph, proposal, knots, history, driver, expected: expectedOf(pins) }),
    driver,
    history,
    database: live,
    omissions,
    missing: [
      ...(log !== undefined && files === 0 && log.commits.length > 0 ? [notCheckedOut] : []),
      ...(log?.missing ?? []),
      ...(live?.missing ?? []),
    ],
  };
}

const notCheckedOut: Missing = {
  what: 'code',
  why: 'the folder has a history, but no file of a language that is read',
  remedy: 'if it was cloned without its files, run git checkout there',
};

function expectedOf({ contexts = {} }: Pins): Map<string, number> {
  return new Map(
    Object.entries(contexts).flatMap(([name, { benefit }]) =>
      benefit === undefined ? [] : [[name, benefit]],
    ),
  );
}

/** What is concluded from the code before the team's own decisions. */
interface Conclusion {
  readonly graph: Graph;
  readonly proposed: Proposal;
  readonly omissions: readonly Omission[];
  readonly files: number;
  readonly complexity: ReadonlyMap<string, Complexity>;
}

interface BesideCode {
  readonly live: DatabaseFacts | undefined;
  readonly given: readonly GivenSchema[];
}

async function concluded(
  { repo, cache: folder, codeAlone = false, onProgress }: SurveyOptions,
  { live, given }: BesideCode,
  tablesOf: TablesOfSql,
): Promise<Conclusion> {
  const fromDatabase = live === undefined ? [] : [{ path: 'database', schema: schemaOf(live.catalogue) }];
  const beside = [...given, ...fromDatabase];
  if (repo === undefined) {
    const { graph } = buildGraph({ code: [], schemas: beside, mappers: [] }, tablesOf);
    const proposed = contextsOfTables(graph, live!);
    return { graph, proposed, omissions: [], files: 0, complexity: new Map() };
  }
  const listed = await listSources(repo, languagesOf);
  const cache = folder === undefined ? undefined : await SurveyCache.open(folder);
  const hash = `${listed.hash} ${JSON.stringify([beside, codeAlone])}`;
  const known = (await cache?.conclusion(hash)) as Conclusion | undefined;
  if (known !== undefined) {
    onProgress?.(listed.files.length - 1, listed.files.length);
    return known;
  }
  const { facts, ...rest } = await readSources(listed, cache, onProgress);
  const own = codeAlone ? facts.schemas.filter(({ path }) => !isSchemaScript(path)) : facts.schemas;
  const { graph, words } = buildGraph({ ...facts, schemas: [...own, ...beside] }, tablesOf);
  const proposed =
    graph.modules.length === 0 && live !== undefined
      ? contextsOfTables(graph, live)
      : proposeContexts(graph, words);
  const conclusion: Conclusion = { graph, proposed, ...rest };
  // Contexts of tables alone also follow what the statistics say, which no hash of files knows.
  if (graph.modules.length > 0) await cache?.keepConclusion(hash, conclusion);
  return conclusion;
}

/** Contexts of tables alone. */
function contextsOfTables(graph: Graph, { catalogue, statements, writes }: DatabaseFacts): Proposal {
  const asModules = tablesAsModules(catalogue, statements, writes?.together ?? []);
  const { contexts, shared } = proposeContexts({ ...graph, ...asModules.graph }, asModules.words);
  return {
    contexts: contexts.map((context) => ({ ...context, modules: [], tables: context.modules })),
    placements: [],
    // Tables that all others refer to belong to none of them.
    shared,
  };
}
