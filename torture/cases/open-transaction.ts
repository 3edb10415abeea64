import type { Candidate } from '../candidates/candidate.ts';
import { openWriteTransaction } from '../faults/open-transaction.ts';
import { recordEffect } from '../run/effect.ts';
import type { Lab } from '../run/lab.ts';
import type { Finding, TortureCase } from '../run/torture-case.ts';
import { until } from '../run/until.ts';
import { judgeToTheEnd, seconds } from '../run/watch.ts';

const appends = 5;

/** Who waits for the oldest open transaction of the server waits for people it has never heard of. */
export const openTransactionElsewhere: TortureCase = {
  name: 'open-transaction-elsewhere',
  about: 'somebody has written in another database of the server, and left the transaction open',
  async run(candidate, lab) {
    const other = await lab.otherDatabase();
    return appendMeanwhile(candidate, lab, () =>
      openWriteTransaction(other, 'create table somebody (id integer)'),
    );
  },
};

/** A report fills a temporary table of its own and takes an hour. */
export const openTransactionHere: TortureCase = {
  name: 'open-transaction-here',
  about: 'a report reads the events in a long transaction of the same database, with a temporary table',
  async run(candidate, lab) {
    const report = `create temporary table report on commit drop as select count(*) from ${candidate.tables.events}`;
    return appendMeanwhile(candidate, lab, () => openWriteTransaction(lab.url, report));
  },
};

async function appendMeanwhile(
  candidate: Candidate,
  lab: Lab,
  begin: () => Promise<AsyncDisposable>,
): Promise<Finding> {
  const store = lab.keep(await candidate.open(lab.url));
  lab.keep(store.follow('reader', recordEffect('reader')));
  await store.append('before', ['before'], 'any');
  await until(async () => (await lab.effects()).includes('before'), lab.scale.patienceMs);

  const open = await begin();
  const started = performance.now();
  for (let index = 1; index <= appends; index += 1)
    await store.append(`stream-${index}`, [`event-${index}`], 'any');
  const seen = async () => (await lab.effects()).length - 1;
  const inTime = await until(async () => (await seen()) >= appends, lab.scale.patienceMs);
  const meanwhile = `${await seen()} of ${appends} events reached the subscriber in ${seconds(started)} while it was open`;
  await open[Symbol.asyncDispose]();
  const ended = performance.now();
  const after = await judgeToTheEnd(lab, store);
  if (inTime) return after.verdict === 'passes' ? { verdict: 'passes', finding: meanwhile } : after;
  return { verdict: 'stalls', finding: `${meanwhile}, the rest ${seconds(ended)} after its end` };
}
