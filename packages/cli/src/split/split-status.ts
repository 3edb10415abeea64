import { NotFound, Unavailable } from '@banyan/runtime';
import {
  bridgeUse,
  copyProgress,
  feedState,
  isFollowing,
  measureLag,
  type OpenAnswer,
  openSagas,
  readOpenAnswers,
  refusedWrites,
} from '@banyan/split';
import { keptCopies } from './kept-copies.ts';
import type { OpenSplit } from './open-split.ts';
import { seamOfMoved } from './seam-of-moved.ts';
import type { SplitStatus } from './split-lines.ts';

/** How long a change of a copy is waited for. */
const lagWithinMs = 1_000;

/** Looks at the ledger and at both sides. @throws NotFound `split-not-started` */
export async function splitStatus(open: OpenSplit): Promise<SplitStatus> {
  const { name, ledger, sides, plan, split } = open;
  const view = ledger.split(name);
  if (view === undefined) {
    throw new NotFound(
      'split-not-started',
      `The split ${name} was not started yet. Start it with: banyan split run ${name}`,
    );
  }
  const bridged = plan.bridge === 'foreign-tables' && view.owner === 'target';
  const [target, source, tables, refused, bridge, copies, answers, sagas] = await Promise.all([
    feedState(sides, plan, 'target'),
    feedState(sides, plan, 'source'),
    view.owner === 'source' ? copyProgress(sides, plan) : [],
    Promise.all([refusedWrites(sides, plan, 'source'), refusedWrites(sides, plan, 'target')]),
    bridged ? bridgeUse(sides, plan) : undefined,
    keptCopies(open),
    view.status === 'running' ? answersOpen(open) : [],
    openSagas(sides.source.pool, split.seam),
  ]);
  const isMeasured = plan.keep === 'copy' && view.status === 'running' && isFollowing(target);
  return {
    split: name,
    view,
    feeds: { source, target },
    tables,
    refused: { source: refused[0], target: refused[1] },
    ...(bridge === undefined ? {} : { bridge }),
    ...(isMeasured ? { lag: await lagOf(open) } : {}),
    copies,
    answers,
    sagas,
  };
}

/** Once it is finished the tables have other names, and what named them says by itself that they are gone. */
function answersOpen({ sides, plan, split }: OpenSplit): Promise<readonly OpenAnswer[]> {
  return readOpenAnswers(
    sides.source.pool,
    { ...plan, ...seamOfMoved(split.seam, plan.tables) },
    async () => {
      const { loadFunctionParser } = await import('@banyan/survey');
      return { tablesOfFunction: await loadFunctionParser() };
    },
  );
}

/** A change is sent through the copy's feed, which tells more than how much of the log waits. */
async function lagOf({ sides, plan }: OpenSplit): Promise<SplitStatus['lag']> {
  try {
    const ms = await measureLag(sides, plan, 'target', { timeoutMs: lagWithinMs, everyMs: 5 });
    return { ms: Math.round(ms) };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { moreThanMs: lagWithinMs };
  }
}
