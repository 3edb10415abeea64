import { setTimeout as sleep } from 'node:timers/promises';
import { copyProgress, describeCopy, feedState, startTranslated } from '@banyan/split';
import type { SplitContext } from './step.ts';

const lookEveryMs = 100;

/** Copies the rows through the translator and follows, until everything that is there now has been taken over. */
export async function copyTranslated(context: SplitContext, began: number): Promise<void> {
  const { sides, plan, followers, progress, signal } = context;
  await startTranslated(sides, plan);
  followers.start({ copy: true });
  for (;;) {
    signal.throwIfAborted();
    const state = await feedState(sides, plan, 'target');
    if (state.ready === state.tables) return;
    progress(state.error ?? describeCopy(await copyProgress(sides, plan), performance.now() - began));
    await sleep(lookEveryMs);
  }
}
