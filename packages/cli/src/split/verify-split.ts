import { Rejected } from '@banyan/runtime';
import {
  feedState,
  isFollowing,
  otherSide,
  type TablesVerification,
  type VerifyProgress,
  verifyTables,
} from '@banyan/split';
import type { OpenSplit } from './open-split.ts';

/** How the rows of a split are compared. */
export interface VerifySplitOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Compares all rows, also where an interrupted comparison could be gone on with. Default false. */
  readonly again?: boolean;
}

/**
 * Compares the owner's tables with the copy on the other side while both run, and keeps what was found in the ledger. One that was
 * interrupted in the last 24 hours, and since the owner changed last, is gone on with.
 * @throws Rejected `nothing-follows` when there is no copy that is kept up to date.
 */
export async function verifySplit(
  { ledger, name, sides, plan }: Pick<OpenSplit, 'ledger' | 'name' | 'sides' | 'plan'>,
  { signal, onProgress, again = false }: VerifySplitOptions,
): Promise<TablesVerification> {
  const { owner = 'source', changes = [] } = ledger.split(name) ?? {};
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
    resume: { epoch: changes.at(-1)?.begunAt ?? 'first', again },
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const { samples: _samples, ...counts } = found;
  const verification = { at: new Date().toISOString(), ...counts };
  if (ledger.split(name)?.status === 'running')
    await ledger.executeSplit(name, 'KeepVerification', { verification });
  return found;
}
