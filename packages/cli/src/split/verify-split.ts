import { Rejected } from '@banyan/runtime';
import {
  feedState,
  isFollowing,
  otherSide,
  type SideName,
  type TablesVerification,
  type VerifyProgress,
  type VerifyTranslatedOptions,
  verifyTables,
  verifyTranslated,
} from '@banyan/split';
import type { OpenSplit } from './open-split.ts';

/** How the rows of a split are compared. */
export interface VerifySplitOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Compares all rows, also where an interrupted comparison could be gone on with. Default false. */
  readonly again?: boolean;
}

type Compared = Pick<OpenSplit, 'ledger' | 'name' | 'sides' | 'plan' | 'limits' | 'followers'>;

/**
 * Compares the owner's tables with the copy on the other side while both run, and keeps what was found in the ledger. One that was
 * interrupted in the last 24 hours, and since the owner changed last, is gone on with.
 * @throws Rejected `nothing-follows` when there is no copy that is kept up to date.
 */
export async function verifySplit(
  open: Compared,
  { signal: stopped, ...options }: VerifySplitOptions,
): Promise<TablesVerification> {
  const { ledger, name, sides, plan, limits, followers } = open;
  const signal = AbortSignal.any([stopped, followers.signal]);
  const { owner = 'source', changes = [] } = ledger.split(name) ?? {};
  const copy = otherSide(owner);
  const state = await feedState(sides, plan, copy);
  // Where a translator is between them this process follows while it compares.
  if (!(plan.reshaped === undefined ? isFollowing(state) : state.slot && state.subscription)) {
    throw new Rejected(
      'nothing-follows',
      `Nothing follows the ${owner}'s tables now, so there is nothing to compare. See: banyan split status ${name}`,
    );
  }
  const { again = false, ...told } = options;
  const resume = { epoch: changes.at(-1)?.begunAt ?? 'first', again };
  const found =
    plan.reshaped === undefined
      ? await verifyTables(sides, plan, { owner, signal, resume, share: limits.verifyShare, ...told })
      : await verifyReshaped(open, owner, { signal, share: limits.verifyShare, ...told });
  const { samples: _samples, ...counts } = found;
  const verification = { at: new Date().toISOString(), ...counts };
  if (ledger.split(name)?.status === 'running')
    await ledger.executeSplit(name, 'KeepVerification', { verification });
  return found;
}

/** Both sides are read at one position of the log: no row is late, and nothing is left to settle. */
async function verifyReshaped(
  { sides, plan, followers }: Compared,
  owner: SideName,
  options: Omit<VerifyTranslatedOptions, 'owner' | 'translate'>,
): Promise<TablesVerification> {
  const { forth, back } = followers.translators;
  const translate = owner === 'source' ? forth : back;
  if (translate === undefined)
    throw new Rejected(
      'nothing-follows',
      `The split ${plan.name} has no way back, so there is nothing to compare with.`,
    );
  followers.start();
  const { compared, missing, different, extra, samples } = await verifyTranslated(sides, plan, {
    owner,
    translate,
    ...options,
  });
  return { compared, missing, different, extra, samples, ranges: 0, unequalRanges: 0, unsettled: 0 };
}
