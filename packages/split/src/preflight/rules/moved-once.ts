import type { Problem } from '../problem.ts';
import { listed, type Rule } from './rule.ts';

/** A table has one owner, and one fence that says who it is: of two splits that move it the later would open what the earlier has closed. */
export const tablesAreMovedOnce: Rule = ({ plan }) => {
  if (plan.keep !== undefined) return [];
  return (plan.others ?? []).flatMap((other): Problem[] => {
    if (other.keep !== undefined || other.state === 'planned') return [];
    const both = plan.tables.map(({ name }) => name).filter((name) => other.tables.includes(name));
    if (both.length === 0) return [];
    const names = listed(both);
    return [
      {
        kind: 'moved-by-split',
        severity: 'error',
        object: both[0]!,
        message: `${names} ${other.owner === 'target' ? 'belongs to' : 'is on its way to'} the service ${other.service} by the split ${other.name}: a table can't be given to two.`,
        remedy: `${other.owner === 'target' ? `Give it back first (banyan split reverse ${other.name}, then abort ${other.name})` : `Abort that one first (banyan split abort ${other.name})`}, or leave ${names} out of this one.`,
      },
    ];
  });
};
