import type { Store } from '../candidates/candidate.ts';
import type { Worker } from '../processes/start-worker.ts';
import type { Lab } from '../run/lab.ts';
import { query } from '../run/query.ts';
import type { TortureCase } from '../run/torture-case.ts';
import { until } from '../run/until.ts';
import { judgeToTheEnd, worst } from '../run/watch.ts';

/** Longer than a claim lasts that is made to lapse for quietness, see `claimSeconds` of Emmett. */
const quietMs = 7_000;
const burst = 10;

/** A claim that lives in a session, or in a row with a date, may be lost without its holder knowing. */
export const lostClaim: TortureCase = {
  name: 'lost-claim',
  about:
    'two reader processes of one name: one is quiet for longer than its claim lasts; then it is frozen, its sessions are cut, and it thaws',
  async run(candidate, lab) {
    const store = lab.keep(await candidate.open(lab.url));
    const first = await lab.startWorker({ role: 'read', name: 'reader-1' });
    await store.append('begin', ['begin'], 'any');
    await until(async () => (await lab.effects()).length === 1, lab.scale.patienceMs);
    await lab.startWorker({ role: 'read', name: 'reader-2' });

    await quiet(lab);
    await appendBurst(store, 'quiet');
    const afterQuiet = await judgeToTheEnd(lab, store);
    const effectsBefore = (await lab.effects()).length;

    await cutWhileFrozen(lab, first, async () => {
      await appendBurst(store, 'frozen');
      // The other one may need its time to take over; if it does not, that shows at the end.
      await until(async () => (await lab.effects()).length >= effectsBefore + burst, lab.scale.patienceMs);
    });
    await appendBurst(store, 'thawed');
    return worst({ quiet: afterQuiet, cut: await judgeToTheEnd(lab, store) });
  },
};

async function quiet({ scale }: Lab): Promise<void> {
  await until(() => false, Math.min(quietMs, scale.freezeMs));
}

async function cutWhileFrozen({ url }: Lab, worker: Worker, meanwhile: () => Promise<void>): Promise<void> {
  worker.freeze();
  const sessions = `from pg_stat_activity where application_name = $1 and datname = current_database()`;
  await query(url, `select pg_terminate_backend(pid, 5000) ${sessions}`, [worker.name]);
  await meanwhile();
  worker.thaw();
}

async function appendBurst(store: Store, name: string): Promise<void> {
  for (let index = 1; index <= burst; index += 1)
    await store.append(`${name}-${index}`, [`${name}-${index}`], 'any');
}
