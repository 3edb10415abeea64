import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { banyan } from './candidates/banyan.ts';
import type { Candidate } from './candidates/candidate.ts';
import { naive } from './candidates/naive.ts';
import { abortedAppends } from './cases/aborted-appends.ts';
import { commitOrder } from './cases/commit-order.ts';
import { frozenOwner } from './cases/frozen-owner.ts';
import { joinedTransaction } from './cases/joined-transaction.ts';
import { lostClaim } from './cases/lost-claim.ts';
import { openTransactionElsewhere, openTransactionHere } from './cases/open-transaction.ts';
import { racingCreates } from './cases/racing-creates.ts';
import { restoredElsewhere } from './cases/restored-elsewhere.ts';
import { killedWriters, randomFaults } from './cases/storm.ts';
import { transactionPooler } from './cases/transaction-pooler.ts';
import { findPgbouncer } from './faults/pgbouncer.ts';
import { impatientScale, openLab, shortScale } from './run/lab.ts';
import { query } from './run/query.ts';
import { startServer, type TortureServer } from './run/server.ts';
import type { Finding, TortureCase } from './run/torture-case.ts';

// The short form of `npm run torture`, on ours, and on the naive reader where that shows that the case can fail.
const timeoutMs = 180_000;
// What a crash of the machine destroys is of no use to tests.
const settings = { fsync: false, full_page_writes: false };
const seed = Number(process.env.BANYAN_TORTURE_SEED ?? Math.floor(Math.random() * 1e6));

const pooler = findPgbouncer();
if (pooler === undefined) {
  const reason = 'No pgbouncer was found: install it (Debian: apt-get install pgbouncer).';
  if (process.env.BANYAN_REQUIRE_PGBOUNCER) throw new Error(reason);
  console.warn(`SKIPPED: the event store is not tried behind a transaction pooler. ${reason}`);
}

let server: TortureServer;
beforeAll(async () => {
  server = await startServer(settings);
}, timeoutMs);
afterAll(() => server.destroy());

async function tryOut(one: TortureCase, candidate: Candidate, scale = shortScale): Promise<Finding> {
  await using lab = await openLab(candidate, { server, scale, seed, settings });
  return await one.run(candidate, lab);
}

const passes = (seenBy: TortureCase) => async () => {
  const found = await tryOut(seenBy, banyan);
  expect(found, `with BANYAN_TORTURE_SEED=${seed}`).toMatchObject({ verdict: 'passes' });
  expect(found.finding).not.toContain('by themselves');
};

describe('ours passes', () => {
  const cases = [
    commitOrder,
    abortedAppends,
    openTransactionElsewhere,
    openTransactionHere,
    joinedTransaction,
    restoredElsewhere,
    racingCreates,
    lostClaim,
    frozenOwner,
    killedWriters,
    randomFaults,
  ];
  for (const one of cases) test(`${one.name}: ${one.about}`, passes(one), timeoutMs);

  test.skipIf(pooler === undefined)(
    `${transactionPooler.name}: ${transactionPooler.about}`,
    async () => {
      const { verdict, finding } = await tryOut(transactionPooler, banyan);
      expect([verdict, finding]).toEqual(['passes', expect.stringContaining('left behind: nothing')]);
    },
    timeoutMs,
  );
});

/** Without the constraint that makes the naive one right where it is. */
const careless: Candidate = {
  ...naive,
  async prepare(url) {
    await naive.prepare(url);
    await query(url, 'drop index naive_versions');
  },
};

describe('the naive reader shows that it can fail', () => {
  // Side by side, because they mostly wait for what does not come.
  test.concurrent.each([
    ['skips what commits late', commitOrder, naive, 'skips'],
    ['makes others wait for a transaction that was joined', joinedTransaction, naive, 'stalls'],
    ['lets several create one stream where nothing is unique', racingCreates, careless, 'doubles'],
    ['runs events twice when its claim was lost', lostClaim, naive, 'doubles'],
  ])(
    'it %s',
    async (_, one, candidate, verdict) => {
      expect(await tryOut(one, candidate, impatientScale)).toMatchObject({ verdict });
    },
    timeoutMs,
  );
});
