import { comesBack, tablesAt } from '../../../plan/split-plan.ts';
import type { OtherSplit } from '../../../seam/other-split.ts';
import { type WantedCopy, wantedCopies } from '../../../seam/wanted-copies.ts';
import type { Facts } from '../../facts/facts.ts';
import { plainName } from '../../facts/read-seam.ts';
import type { Problem } from '../../problem.ts';
import { listed, type Rule } from '../rule.ts';

/** What is to be read as a copy is there before the tables leave. */
export const copiesAreKept: Rule = ({ plan }) =>
  wantedCopies(plan.seam ?? {}, plan.service, plan.others ?? [])
    .filter(({ by }) => by?.state !== 'followed')
    .map((wanted) => ({
      kind: 'copy-missing',
      severity: 'warning',
      object: wanted.table,
      message: `${wanted.table} (${wanted.answer}) is to be a copy at the service ${plan.service}, ${howFar(wanted)}.`,
      remedy: `${remedyFor(wanted, plan.service)} Where the service keeps one by a subscription of its own there is nothing to do.`,
    }));

function howFar({ by }: WantedCopy): string {
  if (by === undefined) return 'and no split keeps one';
  return by.state === 'planned'
    ? `and the split ${by.name} that is to keep it was not run`
    : `and the split ${by.name} is still copying it`;
}

function remedyFor({ table, by }: WantedCopy, service: string): string {
  if (by !== undefined) return `Run: banyan split run ${by.name}.`;
  const name = plainName(table)
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, 30);
  return (
    `Add to the configuration: splits: { ${name}: { service: '${service}', tables: ['${table}'], keep: 'copy' } }, ` +
    `then run: banyan split run ${name}.`
  );
}

/** One table of the target is filled by one split. */
export const othersFillOtherTables: Rule = ({ plan }) =>
  underWay(plan.others)
    .filter(({ service }) => service === plan.service)
    .flatMap((other): Problem[] => {
      const both = tablesAt(plan, 'target').filter(({ name }) => other.into.includes(name));
      if (both.length === 0) return [];
      const names = listed(both.map(({ name }) => name));
      return [
        {
          kind: 'filled-by-split',
          severity: 'error',
          object: both[0]!.name,
          message: `The split ${other.name} ${other.keep === undefined ? 'moves' : 'copies'} rows into ${names} of the service ${plan.service} already: two can't fill one table.`,
          remedy:
            other.owner === 'target'
              ? `Leave ${names} out of this one: the service owns it.`
              : `Abort that one first (banyan split abort ${other.name}), or leave ${names} out of this one.`,
        },
      ];
    });

/** Copies of a table are of the monolith's, which is a copy itself once the table has left. */
export const copiesFollowTheOwner: Rule = (facts) => {
  const { plan } = facts;
  return underWay(plan.others).flatMap((other): Problem[] => {
    const both = sharedTables(facts, other);
    if (both.length === 0) return [];
    if (plan.keep === undefined && other.keep === 'copy') return [copiedElsewhere(facts, other, both)];
    return plan.keep === 'copy' && other.owner === 'target' ? [ownedElsewhere(other, both)] : [];
  });
};

function copiedElsewhere({ plan }: Facts, { name, service }: OtherSplit, both: readonly string[]): Problem {
  const after = comesBack(plan)
    ? "it goes on after the cut-over, with what comes back to the monolith, and this split can't be finished while it does"
    : 'no change would reach it after the cut-over, because nothing comes back to the monolith';
  return {
    kind: 'copied-elsewhere',
    severity: 'warning',
    object: both[0]!,
    message: `${listed(both)} is copied to the service ${service} by the split ${name}: ${after}.`,
    remedy: `Let ${service} read it at its new owner, by its API or its events, and then: banyan split abort ${name}`,
  };
}

function ownedElsewhere({ name, service }: OtherSplit, both: readonly string[]): Problem {
  return {
    kind: 'copy-of-a-copy',
    severity: 'warning',
    object: both[0]!,
    message: `${listed(both)} belongs to the service ${service} since the split ${name}: what is copied here is what comes back of it to the monolith, until that split is finished.`,
    remedy: `Where it is to last, read it at the service ${service}, by its API or its events.`,
  };
}

function underWay(others: readonly OtherSplit[] = []): readonly OtherSplit[] {
  return others.filter(({ state }) => state !== 'planned');
}

function sharedTables({ plan }: Facts, { tables }: OtherSplit): readonly string[] {
  return plan.tables.map(({ name }) => name).filter((name) => tables.includes(name));
}
