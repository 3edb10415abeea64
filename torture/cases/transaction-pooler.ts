import type { Candidate, Store } from '../candidates/candidate.ts';
import { findPgbouncer, startPgbouncer } from '../faults/pgbouncer.ts';
import { recordEffect } from '../run/effect.ts';
import { judge } from '../run/judge.ts';
import type { Lab } from '../run/lab.ts';
import { query } from '../run/query.ts';
import type { Finding, TortureCase } from '../run/torture-case.ts';
import { judgeToTheEnd, worst } from '../run/watch.ts';

const callers = 16;

/** In transaction mode a session is another one with every transaction: what a session holds is lost, or left with a stranger. */
export const transactionPooler: TortureCase = {
  name: 'transaction-pooler',
  about:
    'appends and two subscribers of one name go through pgbouncer in transaction mode, with four connections; a third subscriber takes over; 16 callers append at once',
  async run(candidate, lab) {
    const program = findPgbouncer();
    if (program === undefined) {
      return {
        verdict: 'not run',
        finding: 'pgbouncer is not installed (Debian: apt-get install pgbouncer)',
      };
    }
    const pooler = lab.keep(await startPgbouncer(program, lab.url));
    const url = pooler.url(new URL(lab.url).pathname.slice(1));
    const one = lab.keep(await candidate.open(url));
    const other = lab.keep(await candidate.open(url));
    const subscribers = await twoSubscribers([one, other], lab);
    const third = await takeOver(candidate, url, lab);
    const burst = await appendTogether([one, other], lab);
    const found = worst({ 'two subscribers': subscribers, 'a third': third, burst });
    return { ...found, finding: `${found.finding}; left behind: ${await leftovers(url, lab)}` };
  },
};

/** Whether what was acknowledged is there; nobody reads any more. */
async function appendTogether(stores: readonly Store[], lab: Lab): Promise<Finding> {
  let next = 0;
  let failed = 0;
  const acknowledged: string[] = [];
  const call = async (store: Store): Promise<void> => {
    while (next < lab.scale.many / 2) {
      next += 1;
      const label = `burst-${next}`;
      await store.append(`stream-${next}`, [label], 'any').then(
        () => acknowledged.push(label),
        () => {
          failed += 1;
        },
      );
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, index) => call(stores[index % stores.length]!)));
  const committed = (await lab.committed()).filter(({ label }) => label.startsWith('burst'));
  const { verdict } = judge({ committed, acknowledged, effects: committed.map(({ label }) => label) });
  const finding = `${committed.length} of ${next} appends are there, ${failed} failed`;
  return { verdict: verdict === 'passes' && failed > 0 ? 'loses' : verdict, finding };
}

async function twoSubscribers([one, other]: readonly [Store, Store], lab: Lab): Promise<Finding> {
  await using _first = one.follow('reader', recordEffect('one'));
  await using _second = other.follow('reader', recordEffect('other'));
  // One after the other: what happens side by side is another case.
  for (let index = 0; index < lab.scale.many / 10; index += 1) {
    await (index % 2 ? one : other).append(`turn-${index}`, [`turn-${index}`], 'any');
  }
  // Awaited, so that the subscribers live for as long.
  return await judgeToTheEnd(lab, one);
}

async function takeOver(candidate: Candidate, url: string, lab: Lab): Promise<Finding> {
  await using third = await candidate.open(url);
  await using _reader = third.follow('reader', recordEffect('third'));
  return await judgeToTheEnd(lab, third);
}

/** What sessions hold that the pooler lends to the next one. */
async function leftovers(url: string, lab: Lab): Promise<string> {
  const sql = `select pg_backend_pid() as pid, (select count(*)::int from pg_listening_channels()) as channels, pg_sleep(0.2)`;
  type Session = { pid: number; channels: number };
  // At the same time, so that each gets another of the pooler's connections.
  const seen = await Promise.all([1, 2, 3, 4].map(() => query<Session>(url, sql)));
  const sessions = new Map(seen.map(([session]) => [session!.pid, session!.channels]));
  const listening = [...sessions.values()].filter((channels) => channels > 0).length;
  const [locks] = await query<{ n: number }>(
    lab.url,
    `select count(*)::int as n from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory'`,
  );
  if (listening + locks!.n === 0) return 'nothing';
  return `${listening} sessions that listen, ${locks!.n} session locks`;
}
