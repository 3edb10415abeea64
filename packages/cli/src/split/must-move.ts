import { Rejected } from '@banyan/runtime';
import type { SplitPlan } from '@banyan/split';

/**
 * Looks whether the tables of a split are to get another owner at all.
 * @throws Rejected `kept-as-copy`
 */
export function mustMove({ name, keep, service }: SplitPlan): void {
  if (keep === undefined) return;
  throw new Rejected(
    'kept-as-copy',
    `The split ${name} keeps a copy for the service ${service} (keep: 'copy'), and its tables stay the monolith's: there is nothing to cut over, ` +
      `to give back or to finish. To end the copy: banyan split abort ${name}. To move the tables after that, take \`keep\` out of the configuration ` +
      'and run it again.',
  );
}
