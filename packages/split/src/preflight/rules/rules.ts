import { bridgeCarries } from './bridge.ts';
import { statementsGoOver } from './bridge-statements.ts';
import { generatedColumns, largeObjects, longValues, sequences } from './columns.ts';
import { filtersAreOverKeys, rowsHaveOneName } from './keys.ts';
import { nothingIsLeftOver } from './left-overs.ts';
import { logCanBeFollowed, logOfTheCopyFits, slotsAreRead, workersAreFree } from './log.ts';
import { tablesAreMovedOnce } from './moved-once.ts';
import { extensionsAreThere, typesAreThere } from './needed-types.ts';
import { rightsSuffice, rowSecurityHidesNothing, targetIsOurs } from './rights.ts';
import { roomIsNeeded } from './room.ts';
import type { Rule } from './rule.ts';
import { adviceIsKnown } from './seam/advice.ts';
import { functionsAreAnswered, viewsAreAnswered } from './seam/code.ts';
import { copiesAreKept, copiesFollowTheOwner, othersFillOtherTables } from './seam/copies.ts';
import { foreignKeysAreAnswered } from './seam/foreign-keys.ts';
import { answersNameSomething } from './seam/named.ts';
import { sharedTablesAreAnswered } from './seam/shared-tables.ts';
import {
  joinsAreAnswered,
  sagasCanBeWatched,
  statementsAreCounted,
  transactionsAreAnswered,
  writersAreAnswered,
} from './seam/statements.ts';
import { notificationsAreHeard, triggersAreAnswered } from './seam/triggers.ts';
import { clientsAreKnown, transactionsEnd } from './sessions.ts';
import { feedsCanTurn, sidesAreAlike, sidesAreTwo } from './sides.ts';
import {
  childrenLeaveNoParent,
  eventTriggers,
  partitionsAndChildren,
  publishedElsewhere,
  rewriteRules,
} from './tables.ts';
import { namesAreFree, translatedTablesAreReady } from './target-tables.ts';

/** Every rule; each stands for itself. */
export const rules: readonly Rule[] = [
  sidesAreTwo,
  sidesAreAlike,
  nothingIsLeftOver,
  feedsCanTurn,
  logCanBeFollowed,
  workersAreFree,
  slotsAreRead,
  logOfTheCopyFits,
  rightsSuffice,
  rowSecurityHidesNothing,
  targetIsOurs,
  rowsHaveOneName,
  filtersAreOverKeys,
  partitionsAndChildren,
  childrenLeaveNoParent,
  rewriteRules,
  publishedElsewhere,
  eventTriggers,
  generatedColumns,
  largeObjects,
  sequences,
  longValues,
  extensionsAreThere,
  typesAreThere,
  namesAreFree,
  translatedTablesAreReady,
  bridgeCarries,
  statementsGoOver,
  foreignKeysAreAnswered,
  sharedTablesAreAnswered,
  viewsAreAnswered,
  functionsAreAnswered,
  triggersAreAnswered,
  notificationsAreHeard,
  statementsAreCounted,
  joinsAreAnswered,
  writersAreAnswered,
  transactionsAreAnswered,
  sagasCanBeWatched,
  adviceIsKnown,
  answersNameSomething,
  copiesAreKept,
  tablesAreMovedOnce,
  othersFillOtherTables,
  copiesFollowTheOwner,
  roomIsNeeded,
  clientsAreKnown,
  transactionsEnd,
];

/** What is to be looked at only where the servers move the rows as they are. */
export const rulesOfEqualShapes: ReadonlySet<Rule> = new Set([
  feedsCanTurn,
  workersAreFree,
  filtersAreOverKeys,
  generatedColumns,
  extensionsAreThere,
  typesAreThere,
  namesAreFree,
  bridgeCarries,
]);

/** What is to be looked at only where tables get another owner: of a copy nothing leaves, and nobody but the monolith writes. */
export const rulesOfMoves: ReadonlySet<Rule> = new Set([
  feedsCanTurn,
  childrenLeaveNoParent,
  rewriteRules,
  publishedElsewhere,
  sequences,
  foreignKeysAreAnswered,
  sharedTablesAreAnswered,
  viewsAreAnswered,
  functionsAreAnswered,
  triggersAreAnswered,
  notificationsAreHeard,
  statementsAreCounted,
  joinsAreAnswered,
  writersAreAnswered,
  transactionsAreAnswered,
  clientsAreKnown,
]);
