import type { Execute, Store } from '../candidates/candidate.ts';
import { recordEffect } from '../run/effect.ts';
import type { Lab } from '../run/lab.ts';
import { connectTo } from '../run/query.ts';
import type { Finding, TortureCase } from '../run/torture-case.ts';
import { until } from '../run/until.ts';
import { judgeToTheEnd, seconds } from '../run/watch.ts';

const appends = 5;

/** Orders and their events are to be committed together, and the order takes as long as it takes. */
export const joinedTransaction: TortureCase = {
  name: 'joined-transaction',
  about:
    'appends join transactions of their caller, which stay open while others append to the same stream and to others; one commits, one rolls back',
  async run(candidate, lab) {
    const store = lab.keep(await candidate.open(lab.url));
    if (store.join === undefined)
      return { verdict: 'not offered', finding: 'its appends have a transaction of their own' };
    lab.keep(store.follow('reader', recordEffect('reader')));
    await store.append('shared', ['before'], 'any');
    await until(async () => (await lab.effects()).includes('before'), lab.scale.patienceMs);
    return await joinAndHold(store, store.join, lab);
  },
};

async function joinAndHold(store: Store, join: NonNullable<Store['join']>, lab: Lab): Promise<Finding> {
  await using kept = await beginTransaction(lab.url);
  await using dropped = await beginTransaction(lab.url);
  await join(kept.execute, 'own', ['joined-own']);
  await join(kept.execute, 'shared', ['joined-shared']);
  await join(dropped.execute, 'dropped', ['dropped']);

  const started = performance.now();
  let done = 0;
  const meanwhile = (async () => {
    for (let index = 1; index <= appends; index += 1) {
      await store.append(index % 2 ? 'shared' : `stream-${index}`, [`event-${index}`], 'any');
      done += 1;
    }
  })();
  const seen = async () => (await lab.effects()).length - 1;
  const inTime = await until(async () => (await seen()) >= appends, lab.scale.patienceMs);
  const told = `${done} of ${appends} appends succeeded and ${await seen()} reached the subscriber in ${seconds(started)} while they were open`;
  await dropped.execute('rollback', []);
  await kept.execute('commit', []);
  await meanwhile;
  // What follows the events of the transaction must not be judged before they had their time to come.
  const labels = ['joined-own', 'joined-shared'];
  const arrived = await until(async () => {
    const effects = await lab.effects();
    return labels.every((label) => effects.includes(label));
  }, lab.scale.patienceMs);
  if (!inTime) return { verdict: 'stalls', finding: told };
  const after = await judgeToTheEnd(lab, store);
  const finding = `${told}; after the commit ${after.finding}`;
  return { verdict: after.verdict === 'passes' && !arrived ? 'loses' : after.verdict, finding };
}

async function beginTransaction(url: string): Promise<AsyncDisposable & { readonly execute: Execute }> {
  const client = await connectTo(url);
  await client.query('begin');
  return {
    execute: (sql, values) => client.query(sql, [...values]),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
