import {
  type BridgeFacts,
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
