import { quoteIdentifier } from '@banyan/postgres';
import { comesBack } from '../../plan/split-plan.ts';
import type { Problem } from '../problem.ts';
import type { Rule } from './rule.ts';

/** Source and target are two databases, both of which take writes. */
export const sidesAreTwo: Rule = ({ source, target }) => {
  const [from, to] = [source.server, target.server];
  const problems: Problem[] = [];
  const isOneServer = from.systemId === to.systemId;
  if (isOneServer && from.database === to.database)
    problems.push({
      kind: 'same-database',
      severity: 'error',
      object: to.database,
      message: `Source and target are one database, ${to.database}.`,
      remedy:
        'Correct the address of the target; within one database, banyan split seam NAME draws the seam.',
    });
  else if (isOneServer)
    problems.push({
      kind: 'same-server',
      severity: 'note',
      object: to.database,
      message: `Source and target are two databases of one server: they share its disk, its log and its failures.`,
      remedy: 'Nothing to do for a first step; another server later gives the independence.',
    });
  for (const server of [from, to])
    if (server.isStandby)
      problems.push({
        kind: 'standby',
        severity: 'error',
        object: server.database,
        message: `The server of ${server.database} is a standby, which takes no writes.`,
        remedy: 'Give the address of the primary.',
      });
  return problems;
};

/** Before PostgreSQL 16 a subscription can't leave out what came through the other one, and rows would go round in circles unless the tables change feeds. */
export const feedsCanTurn: Rule = ({ source, target }) =>
  [source.server, target.server]
    .filter(({ version }) => version >= 150_000 && version < 160_000)
    .map(
      ({ database }): Problem => ({
        kind: 'longer-pause',
        severity: 'note',
        object: database,
        message: `The server of ${database} is PostgreSQL 15: nobody can write the tables for longer when their owner changes, because the feeds are turned meanwhile.`,
        remedy: 'Nothing to do; with PostgreSQL 16 or later on both sides it is shorter.',
      }),
    );

/** Rows travel as text: what differs between the servers may change what they mean. */
export const sidesAreAlike: Rule = ({ plan, source, target }) => {
  const [from, to] = [source.server, target.server];
  const problems: Problem[] = [];
  if (major(from.version) !== major(to.version))
    problems.push({
      kind: 'versions-differ',
      severity: 'note',
      object: to.database,
      message: `The source is PostgreSQL ${major(from.version)}, the target ${major(to.version)}.`,
      remedy:
        'Try the statements of the service on the target; rows travel between these versions in both directions.',
    });
  if (from.encoding !== to.encoding && (comesBack(plan) || to.encoding !== 'UTF8'))
    problems.push({
      kind: 'encodings-differ',
      severity: to.encoding === 'UTF8' ? 'warning' : 'error',
      object: to.database,
      message: `The source is encoded in ${from.encoding}, the target in ${to.encoding}${to.encoding === 'UTF8' ? ': a value that one of them can not hold stops the way back' : ', which can not hold every text'}.`,
      remedy: `Make the target with: create database ${quoteIdentifier(to.database)} encoding '${from.encoding}' template template0;`,
    });
  if (from.collation !== to.collation)
    problems.push({
      kind: 'collations-differ',
      severity: 'warning',
      object: to.database,
      message: `Texts are ordered by ${from.collation} at the source and by ${to.collation} at the target: lists and ranges over text may come in another order.`,
      remedy:
        'Make the target with the same locale and provider, or name the collation in the statements that depend on it.',
    });
  return problems;
};

function major(version: number): number {
  return Math.floor(version / 10_000);
}
