import { feedState, isFollowing, type WantedCopy, wantedCopies } from '@banyan/split';
import { planOf } from './kept-plan.ts';
import type { OpenSplit } from './open-split.ts';
import { otherSplits } from './other-splits.ts';

/** What has become of an answer that a copy carries out. */
export interface KeptCopy extends Pick<WantedCopy, 'table' | 'answer'> {
  /** The split that keeps it, or is to. */
  readonly split?: string;
  /** `stands` where the ledger says that it is followed, and nothing follows. */
  readonly state: 'missing' | 'planned' | 'begun' | 'stands' | 'followed';
}

/** The answers of a split that copies carry out, each with how its copy is now. */
export async function keptCopies({
  config,
  ledger,
  name,
  plan,
  sides,
  split,
}: OpenSplit): Promise<readonly KeptCopy[]> {
  const known = ledger.view().splits;
  const wanted = wantedCopies(split.seam ?? {}, plan.service, otherSplits(config, known, name));
  return Promise.all(
    wanted.map(async ({ table, answer, by }): Promise<KeptCopy> => {
      if (by === undefined) return { table, answer, state: 'missing' };
      const told = { table, answer, split: by.name };
      const kept = known[by.name]?.plan;
      if (by.state !== 'followed' || kept === undefined) return { ...told, state: by.state };
      const copy = planOf(by.name, kept, config.splits?.[by.name] ?? {});
      const follows = isFollowing(await feedState(sides, copy, 'target'));
      return { ...told, state: follows ? 'followed' : 'stands' };
    }),
  );
}
