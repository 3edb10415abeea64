import { Rejected } from '@banyan/runtime';
import { feedState, isFollowing, otherSide, type TablesVerification, verifyTables } from '@banyan/split';
import { figure } from '../migrate/steps/verify.ts';
import type { OpenSplit } from './open-split.ts';

/**
 * Compares the owner's tables with the copy on the other side while both run, and keeps what was found in the ledger.
 * @throws Rejected `nothing-follows` when there is no copy that is kept up to date.
 */
export async function verifySplit(
  { ledger, name, sides, plan }: Pick<OpenSplit, 'ledger' | 'name' | 'sides' | 'plan'>,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<TablesVerification> {
  const owner = ledger.split(name)?.owner ?? 'source';
  const copy = otherSide(owner);
  if (!isFollowing(await feedState(sides, plan, copy))) {
    throw new Rejected(
      'nothing-follows',
      `Nothing follows the ${owner}'s tables now, so there is nothing to compare. See: banyan split status ${name}`,
    );
  }
  const found = await verifyTables(sides, plan, {
    owner,
    signal,
    onProgress: (compared) => progress(`${figure(compared)} rows compared`),
  });
  const { samples: _samples, ...counts } = found;
  const verification = { at: new Date().toISOString(), ...counts };
  if (ledger.split(name)?.status === 'running')
    await ledger.executeSplit(name, 'KeepVerification', { verification });
  return found;
}
