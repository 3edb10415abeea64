import { setTimeout as wait } from 'node:timers/promises';
import type { Candidate } from '../candidates/candidate.ts';
import { installCommitGate } from '../faults/commit-gate.ts';
import type { Worker } from '../processes/start-worker.ts';
import type { Lab } from '../run/lab.ts';
import { query } from '../run/query.ts';
import type { Finding, TortureCase } from '../run/torture-case.ts';
import { judgeToTheEnd } from '../run/watch.ts';

const writers = 3;

/** Something that goes wrong; says what. */
type Fault = (lab: Lab, workers: readonly Worker[]) => Promise<string>;

/** Processes are killed as they are: by the kernel, by a deployment, by a power cut. */
export const killedWriters: TortureCase = {
  name: 'killed-writers',
  about: 'processes that append are killed with kill -9 at random moments',
  run: (candidate, lab) => weather(candidate, lab, [killWriter]),
};

/** Everything at once, at random. */
export const randomFaults: TortureCase = {
  name: 'random-faults',
  about:
    'appends, aborts, kill -9, cut sessions and a restart of the server at random, while a subscriber follows',
  run: (candidate, lab) => weather(candidate, lab, [killWriter, cutSession, cutSession], restartServer),
};

async function weather(
  candidate: Candidate,
  lab: Lab,
  faults: readonly Fault[],
  once?: Fault,
): Promise<Finding> {
  await installCommitGate(candidate, lab.url);
  const reader = await lab.startWorker({ role: 'read', name: 'reader' });
  const workers = await Promise.all(
    Array.from({ length: writers }, (_, index) =>
      lab.startWorker({ role: 'write', name: `writer-${index}`, seed: Math.floor(lab.random() * 1e6) }),
    ),
  );
  const happened = new Map<string, number>();
  const apply = async (fault: Fault): Promise<void> => {
    const what = await fault(lab, workers);
    happened.set(what, (happened.get(what) ?? 0) + 1);
  };
  const started = Date.now();
  let restarted = once === undefined;
  while (Date.now() - started < lab.scale.stormMs) {
    await wait(50 + lab.random() * 250);
    await apply(faults[Math.floor(lab.random() * faults.length)]!);
    if (restarted || Date.now() - started < lab.scale.stormMs / 2) continue;
    restarted = true;
    await apply(once!);
  }
  await Promise.all(workers.map((worker) => worker.end()));

  const store = lab.keep(await candidate.open(lab.url));
  const acknowledged = workers.flatMap(({ said }) => said.flatMap((line) => line.split(' ').slice(1)));
  const { verdict, finding } = await judgeToTheEnd(lab, store, { acknowledged });
  const crashes = [reader, ...workers].reduce((sum, worker) => sum + worker.crashes(), 0);
  if (crashes > 0) happened.set('ends of processes by themselves', crashes);
  const faultsTold = [...happened].map(([what, times]) => `${times} ${what}`).join(', ');
  return { verdict, finding: `${finding}; ${acknowledged.length} acknowledged, ${faultsTold}` };
}

async function killWriter(lab: Lab, workers: readonly Worker[]): Promise<string> {
  await workers[Math.floor(lab.random() * workers.length)]!.killAndRestart();
  return 'kill -9';
}

async function cutSession(lab: Lab): Promise<string> {
  const sessions = await query<{ pid: number }>(
    lab.url,
    `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and backend_type = 'client backend' order by backend_start, pid`,
  );
  const unlucky = sessions[Math.floor(lab.random() * sessions.length)];
  if (unlucky !== undefined) await query(lab.url, 'select pg_terminate_backend($1)', [unlucky.pid]);
  return 'cut sessions';
}

async function restartServer(lab: Lab): Promise<string> {
  await lab.server.restart();
  return 'server restart';
}
