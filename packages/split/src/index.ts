export { abandonTarget } from './copy/abandon-target.ts';
export { copyProgress, describeCopy, type TableCopy } from './copy/copy-progress.ts';
export { refuseUnfitTarget } from './copy/refuse-unfit-target.ts';
export { dropFeed } from './feed/drop-feed.ts';
export { awaitFeed, bothKnowOrigins, type EstablishOptions, establishFeed } from './feed/establish-feed.ts';
export { type FeedState, feedState, isFollowing } from './feed/feed-state.ts';
export { refuseUnfitPublisher } from './feed/refuse-unfit-publisher.ts';
export { closeFence } from './fence/close-fence.ts';
export { openFence, removeFence } from './fence/open-fence.ts';
export type { Action, Statement } from './plan/action.ts';
export { otherSide, type SideName, type SplitPlan, type SplitTable } from './plan/split-plan.ts';
export type { PreflightPlan } from './preflight/plan.ts';
export { preflight } from './preflight/preflight.ts';
export type { Problem, Severity } from './preflight/problem.ts';
export type {
  CodeChoice,
  ForeignKeyChoice,
  JoinChoice,
  SeamChoices,
  SharedTableChoice,
  TransactionChoice,
  TriggerChoice,
  WritersChoice,
} from './seam/choices.ts';
export { forgetSides, prepareSides } from './sides/prepare-side.ts';
export { runStatements } from './sides/run-statements.ts';
export { openSides, type Side, type SideAddress, type Sides } from './sides/sides.ts';
export { measureLag } from './signal/await-signal.ts';
export { type RowDifference, type Verification, type VerifyOptions, verifyRows } from './verify/verify.ts';
