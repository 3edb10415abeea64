import { quoteIdentifier } from '@banyan/postgres';
import { comesBack } from '../../plan/split-plan.ts';
import type { Problem } from '../problem.ts';
import { movableTables, type Rule } from './rule.ts';

/** What our role must be allowed at the two sides, beyond reading the log. */
export const rightsSuffice: Rule = ({ plan, source, target }) => {
  const problems: Problem[] = [];
  for (const server of [source.server, target.server]) {
    const { database, role, rights, version } = server;
    const quoted = quoteIdentifier(role);
    const isWritten = server === target.server || comesBack(plan);
    if (!rights.create)
      problems.push({
        kind: 'no-create-right',
        severity: 'error',
        object: database,
        message: `The role ${role} may not make a schema in ${database}, where a split keeps what it needs for itself.`,
        remedy: `Run as its owner: grant create on database ${quoteIdentifier(database)} to ${quoted};`,
      });
    if (isWritten && plan.reshaped !== undefined && !rights.replicate)
      problems.push({
        kind: 'no-replica-role-right',
        severity: 'error',
        object: database,
        message: `The role ${role} may not write rows in ${database} as replication does, past triggers and the fence.`,
        remedy: `Run as a superuser: grant set on parameter session_replication_role to ${quoted};`,
      });
    if (isWritten && plan.reshaped === undefined && !rights.subscribe)
      problems.push({
        kind: 'no-subscription-right',
        severity: 'error',
        object: database,
        message: `The role ${role} may not make a subscription in ${database}.`,
        remedy:
          version >= 160_000
            ? `Run as a superuser: grant pg_create_subscription to ${quoted};`
            : `Before PostgreSQL 16 only a superuser may: alter role ${quoted} superuser;`,
      });
  }
  const { role, rights } = source.server;
  const quoted = quoteIdentifier(role);
  if (!rights.monitor)
    problems.push({
      kind: 'sessions-hidden',
      severity: 'warning',
      object: source.server.database,
      message: `The role ${role} does not see what others' sessions do: open transactions and listeners can't be told.`,
      remedy: `Run as a superuser: grant pg_monitor to ${quoted};`,
    });
  if (plan.keep === undefined && !rights.signal)
    problems.push({
      kind: 'no-signal-right',
      severity: 'warning',
      object: source.server.database,
      message: `The role ${role} may not end others' sessions: a cut-over gives up where a transaction stays open.`,
      remedy: `Run as a superuser: grant pg_signal_backend to ${quoted};`,
    });
  return problems;
};

/** The fence and the feed back are put on the tables of the target. */
export const targetIsOurs: Rule = ({ target: { server, tables } }) =>
  tables
    .filter(({ kind, isOwner }) => kind === 'r' && !isOwner)
    .map(
      ({ name, owner }): Problem => ({
        kind: 'target-not-the-owner',
        severity: 'error',
        object: name,
        message: `At the target ${name} belongs to ${owner}, and only its owner may fence and publish it.`,
        remedy: `Connect as ${owner}, or run as a superuser: grant ${quoteIdentifier(owner)} to ${quoteIdentifier(server.role)};`,
      }),
    );

/** A role that does not see all rows would copy some of them. */
export const rowSecurityHidesNothing: Rule = (facts) =>
  movableTables(facts).flatMap((table): Problem[] => {
    if (table.rowSecurity === 'none') return [];
    const { role, rights } = facts.source.server;
    const sees = rights.bypassRowSecurity || (table.isOwner && table.rowSecurity === 'on');
    const travels: Problem = {
      kind: 'row-security',
      severity: 'warning',
      object: table.name,
      message: `${table.name} has row security (${table.policies.join(', ') || 'without a policy, so that nobody but the owner sees a row'}), and changes that are replicated pass it by.`,
      remedy:
        'Make the same policies and the roles that they name at the target, before the service reads it.',
    };
    if (sees) return [travels];
    return [
      {
        kind: 'row-security-hides',
        severity: 'error',
        object: table.name,
        message: `Row security hides rows of ${table.name} from the role ${role}: a part of them would be copied.`,
        remedy: `Run as a superuser: alter role ${quoteIdentifier(role)} bypassrls;`,
      },
      travels,
    ];
  });
