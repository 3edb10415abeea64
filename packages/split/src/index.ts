export { bridgeAddress } from './bridge/bridge-address.ts';
export { type BridgeUse, bridgeUse } from './bridge/bridge-use.ts';
export { dropOldNames } from './bridge/drop-old-names.ts';
export { type HeldNames, type HoldOptions, holdNames } from './bridge/hold-names.ts';
export { installBridge } from './bridge/install-bridge.ts';
export { type BridgeFacts, readBridgeFacts } from './bridge/read-bridge-facts.ts';
export { removeBridge, settleNames, turnedNames } from './bridge/settle-names.ts';
export { catalogueDiff, catalogueDump } from './catalogue/catalogue-dump.ts';
export { abandonTarget } from './copy/abandon-target.ts';
export { copyProgress, describeCopy, type TableCopy } from './copy/copy-progress.ts';
export { type CopyOptions, copyTables } from './copy/copy-tables.ts';
export type { LoadLimits } from './copy/pace/source-load.ts';
export { refuseReferenced } from './copy/references-to-target.ts';
export {
  abortActions,
  type BridgePlan,
  dropActions,
  finishActions,
  runActions,
  switchActions,
} from './dry-run/dry-run.ts';
export { dropFeed } from './feed/drop-feed.ts';
export { type FeedState, feedState, isFollowing } from './feed/feed-state.ts';
export { relaxSubscription } from './feed/feed-statements.ts';
export { closeFence } from './fence/close-fence.ts';
export { openFence, removeFence } from './fence/open-fence.ts';
export { refusedWrites } from './fence/refused-writes.ts';
export { dropOldTables, keepOldTables } from './finish/keep-old-tables.ts';
export { refuseReferred } from './finish/refuse-referred.ts';
export {
  comparePart,
  describePart,
  enterPart,
  leavePart,
  type PartComparison,
  type PartState,
  partState,
} from './part/enter-part.ts';
export type { Part, PartedColumn } from './part/part.ts';
export type { Action, Statement } from './plan/action.ts';
export {
  type Bridge,
  comesBack,
  otherSide,
  type Reshaped,
  type SideName,
  type SplitPlan,
  type SplitTable,
  tablesAt,
} from './plan/split-plan.ts';
export type {
  NamedTables,
  Observed,
  ObservedStatement,
  ObservedTransactions,
} from './preflight/facts/observed.ts';
export type { PreflightPlan } from './preflight/plan.ts';
export { preflight } from './preflight/preflight.ts';
export type { Problem, Severity } from './preflight/problem.ts';
export { readOpenAnswers } from './preflight/read-open-answers.ts';
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
export type { OpenAnswer } from './seam/open-answers.ts';
export { type OpenSaga, openSagas } from './seam/open-sagas.ts';
export { type CheckKeyOptions, checkKey, type KeyCheck } from './seam/orphans/check-key.ts';
export {
  type EndPools,
  type FindOrphansOptions,
  findOrphans,
  type Orphans,
  type OrphanValue,
} from './seam/orphans/find-orphans.ts';
export type { OtherSplit } from './seam/other-split.ts';
export { findSeamKeys, readSeamKeys } from './seam/read-seam-keys.ts';
export type { KeyEnd, SeamKey } from './seam/seam-key.ts';
export { describeStage, enterStage, type StageOptions } from './seam/stage/enter-stage.ts';
export { leaveStage } from './seam/stage/leave-stage.ts';
export type { SeamStage } from './seam/stage/seam-stage.ts';
export { isStageDrawn } from './seam/stage/stage-record.ts';
export type { Change } from './seam/stage/stage-statements.ts';
export { type WantedCopy, wantedCopies } from './seam/wanted-copies.ts';
export { sequencePairs } from './sequences/sequences.ts';
export { forgetSides, prepareSides } from './sides/prepare-side.ts';
export { runInMoments } from './sides/run-in-moments.ts';
export { runStatements } from './sides/run-statements.ts';
export { openSides, type Side, type SideAddress, type Sides } from './sides/sides.ts';
export { measureLag } from './signal/await-signal.ts';
export { type HandedOver, type HandOverOptions, handOver } from './switch/hand-over.ts';
export { turnBack } from './switch/turn-feeds.ts';
export { proveWayBack, type WayBackOptions } from './switch/way-back.ts';
export { type FollowOptions, followTranslated, type Translators } from './translated/follow-translated.ts';
export { forgetEvents, hasEventStore } from './translated/forget-events.ts';
export type { EventTranslation, StreamEvent } from './translated/stream-events.ts';
export { prepareTranslated, startTranslated, translatedSides } from './translated/translated-feed.ts';
export { type VerifyTranslatedOptions, verifyTranslated } from './translated/verify-translated.ts';
export { type RowDifference, type Verification, type VerifyOptions, verifyRows } from './verify/verify.ts';
export { describeVerify, type VerifyProgress } from './verify-live/verify-progress.ts';
export {
  type TableDifference,
  type TablesVerification,
  type VerifyTablesOptions,
  verifyTables,
} from './verify-live/verify-tables.ts';
