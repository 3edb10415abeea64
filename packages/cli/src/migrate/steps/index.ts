import { Terminal } from '@banyan/runtime';
import type { MigrationLimits } from '../../config/config.ts';
import type { Step } from '../step.ts';
import { approval } from './approval.ts';
import { canary } from './canary.ts';
import { feed } from './feed.ts';
import { move } from './move.ts';
import { shadow } from './shadow.ts';
import { verify } from './verify.ts';

const canaryPrefix = 'canary-';
const approvalPrefix = 'approved-';

/** The steps of an extraction of reads, in order, by the names that the ledger keeps. */
export function stepNames(limits: MigrationLimits): string[] {
  return [
    'fed',
    'verified',
    'shadowed',
    ...limits.canaryShares.flatMap((share) => [
      ...(limits.approvals.includes(share) ? [`${approvalPrefix}${share}`] : []),
      `${canaryPrefix}${share}`,
    ]),
    'moved',
  ];
}

const steps: Readonly<Record<string, Step>> = { fed: feed, verified: verify, shadowed: shadow, moved: move };

/** What a name in the ledger stands for. */
export function stepNamed(name: string): Step {
  if (name.startsWith(canaryPrefix)) return canary(Number(name.slice(canaryPrefix.length)));
  if (name.startsWith(approvalPrefix)) return approval(name);
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (step !== undefined) return step;
  throw new Terminal(
    'step-unknown',
    `The ledger has a step ${JSON.stringify(name)} that this version does not know. Use the version that planned the migration, or roll back.`,
  );
}
