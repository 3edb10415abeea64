import type { Told } from '../graph/told.ts';

/** What ties contexts together so that a cut must answer it. */
export type KnotKind =
  | 'foreign key'
  | 'static data'
  | 'shared table'
  | 'two concepts in one table'
  | 'transaction'
  | 'join'
  | 'trigger'
  | 'past the owner'
  | 'derived rows';

/** The refactoring that answers each kind, by its name in S. Newman, "Monolith to Microservices", and in "Refactoring Databases". */
export const remedies: Readonly<Record<KnotKind, string>> = {
  'foreign key':
    'move the relationship to code: drop the foreign key, keep the id, and settle who may delete',
  'static data': 'duplicate static reference data, or make it a library or a service of its own',
  'shared table': 'make one context its owner; the others send it commands or follow its events',
  'two concepts in one table': 'split the table by its columns, one for each context, with the same key',
  transaction: 'replace the transaction by a saga: each step commits alone and has a compensation',
  join: 'replace the join by a reporting database or a read model that follows the events of both',
  trigger: 'replace the trigger by an event that the other context follows',
  'past the owner': "move the job's steps into the contexts that own the tables",
  'derived rows': 'follow the events of the context that the rows are computed from',
};

/** What a cut must answer, with the refactoring that does. */
export interface Knot extends Told<KnotKind> {
  readonly remedy: string;
  /** How often, where the live database told it. */
  readonly perHour?: number | undefined;
}
