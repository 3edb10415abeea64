import { setTimeout as wait } from 'node:timers/promises';
import type { Candidate } from '../candidates/candidate.ts';
import { commandedStream, decidedOn } from '../processes/keep-commanding.ts';
import type { Worker } from '../processes/start-worker.ts';
import type { Lab } from '../run/lab.ts';
import type { Finding, TortureCase } from '../run/torture-case.ts';
import { must, until } from '../run/until.ts';
import { judgeToTheEnd, worst } from '../run/watch.ts';

/** Whoever was frozen does not know it, and goes on where it was. */
export const frozenOwner: TortureCase = {
  name: 'frozen-owner',
  about:
    'processes are frozen (SIGSTOP) between loading and appending, at random moments, and in the transaction of a projection, while others go on; then they thaw',
  async run(candidate, lab) {
    return worst({
      writers: await frozenWriters(candidate, lab),
      projection: await frozenProjection(candidate, lab),
    });
  },
};

async function frozenWriters(candidate: Candidate, lab: Lab): Promise<Finding> {
  const store = lab.keep(await candidate.open(lab.url));
  const frozen = await lab.startWorker({ role: 'command', name: 'told' });
  frozen.say('go');
  await must('The decision', () => frozen.said.includes('decided'));
  frozen.freeze();
  await store.append(commandedStream, ['other@0'], 0);
  frozen.thaw();
  frozen.say('go');
  await must(
    'The second decision',
    () => frozen.said.filter((line) => line === 'decided').length > 1 || acks(frozen) > 0,
  );
  frozen.say('go');
  await must('The acknowledgement', () => acks(frozen) > 0);
  await frozen.end();

  const free = await Promise.all(
    ['free-1', 'free-2'].map((name) => lab.startWorker({ role: 'command', name, free: true })),
  );
  const deadline = Date.now() + lab.scale.stormMs / 2;
  while (Date.now() < deadline) {
    const one = free[Math.floor(lab.random() * free.length)]!;
    one.freeze();
    await wait(20 + lab.random() * 200);
    one.thaw();
    await wait(lab.random() * 50);
  }
  await Promise.all(free.map((one) => one.end()));
  return judgeDecisions(lab, [frozen, ...free]);
}

/** Each event must follow the version that it was decided on. */
async function judgeDecisions(lab: Lab, workers: readonly Worker[]): Promise<Finding> {
  const committed = await lab.committed();
  const kept = new Set(committed.map(({ label }) => label));
  const stale = committed.filter(({ label, version }) => decidedOn(label) !== version - 1).length;
  const taken = committed.length - new Set(committed.map(({ version }) => version)).size;
  const lost = workers
    .flatMap(({ said }) => said)
    .filter((line) => line.startsWith('ack ') && !kept.has(line.slice(4)));
  if (lost.length > 0) return { verdict: 'loses', finding: `${lost.length} acknowledged decisions are gone` };
  const conflicts = workers.flatMap(({ said }) => said).filter((line) => line === 'conflict').length;
  const finding = `${stale} of ${committed.length} decisions rest on an older state, ${taken} versions are there twice, ${conflicts} conflicts`;
  return { verdict: stale + taken > 0 ? 'doubles' : 'passes', finding };
}

function acks({ said }: Worker): number {
  return said.filter((line) => line.startsWith('ack ')).length;
}

async function frozenProjection(candidate: Candidate, lab: Lab): Promise<Finding> {
  const store = lab.keep(await candidate.open(lab.url));
  const first = await lab.startWorker({ role: 'read', name: 'reader-1', pauseAt: 'pause' });
  await store.append('begin', ['begin'], 'any');
  await must('The first reading', async () => (await lab.effects()).includes('begin'));
  await store.append('pause', ['pause'], 'any');
  await must('The middle of the transaction', () => first.said.includes('mid'));
  first.freeze();
  await lab.startWorker({ role: 'read', name: 'reader-2' });
  for (let index = 1; index <= 5; index += 1) await store.append('later', [`later-${index}`], 'any');
  // Whether the other one goes on meanwhile is its own business; nothing may be done twice in the end.
  await until(() => false, lab.scale.freezeMs);
  first.thaw();
  first.say('go');
  return judgeToTheEnd(lab, store);
}
