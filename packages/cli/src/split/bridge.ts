import { Rejected } from '@banyan/runtime';
import {
  type BridgeFacts,
  bridgeUse,
  installBridge,
  readBridgeFacts,
  removeBridge,
  type SideName,
  type Sides,
  type SplitPlan,
  settleNames,
} from '@banyan/split';

/** Makes the bridge before the tables are given to the service, and reads what it is made of; nothing where the plan has none. */
export async function readyBridge(
  sides: Sides,
  plan: SplitPlan,
  to: SideName,
): Promise<BridgeFacts | undefined> {
  if (plan.bridge !== 'foreign-tables') return undefined;
  return to === 'target' ? installBridge(sides, plan) : readBridgeFacts(sides, plan);
}

/** Makes sure that the old names lead to the owner; where that is the monolith, the bridge is taken down. May be repeated. */
export async function settleBridge(sides: Sides, plan: SplitPlan, owner: SideName): Promise<void> {
  if (plan.bridge !== 'foreign-tables') return;
  if (owner === 'source') await removeBridge(sides, plan);
  else await settleNames(sides, plan, owner);
}

/**
 * Looks whether anybody would miss the old names.
 * @throws Rejected `bridge-used`
 */
export async function mayTakeBridge(sides: Sides, plan: SplitPlan): Promise<void> {
  if (plan.bridge !== 'foreign-tables') return;
  const { clients } = await bridgeUse(sides, plan);
  if (clients.length === 0) return;
  const who = clients.map(({ role, application, connections }) => `${application || role} (${connections})`);
  throw new Rejected(
    'bridge-used',
    `The old names are used still, by ${who.slice(0, 5).join(', ')}: see banyan split status ${plan.name}, and let them ask the service first, or end their connections.`,
  );
}
