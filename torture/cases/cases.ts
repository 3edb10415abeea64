import type { TortureCase } from '../run/torture-case.ts';
import { abortedAppends } from './aborted-appends.ts';
import { commitOrder } from './commit-order.ts';
import { frozenOwner } from './frozen-owner.ts';
import { joinedTransaction } from './joined-transaction.ts';
import { lostClaim } from './lost-claim.ts';
import { openTransactionElsewhere, openTransactionHere } from './open-transaction.ts';
import { racingCreates } from './racing-creates.ts';
import { restoredElsewhere } from './restored-elsewhere.ts';
import { killedWriters, randomFaults } from './storm.ts';
import { transactionPooler } from './transaction-pooler.ts';

/** All cases, in the order of the table. */
export const cases: readonly TortureCase[] = [
  commitOrder,
  abortedAppends,
  openTransactionElsewhere,
  openTransactionHere,
  joinedTransaction,
  restoredElsewhere,
  racingCreates,
  lostClaim,
  transactionPooler,
  frozenOwner,
  killedWriters,
  randomFaults,
];
