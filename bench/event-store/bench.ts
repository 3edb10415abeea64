import type { Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { isOnPath } from '../harness/program.ts';
import { banyan } from './banyan.ts';
import { appending, changing } from './contender.ts';
import { emmett } from './emmett.ts';
import { eventsBefore } from './order.ts';
import { pgbenchAppends } from './pgbench.ts';
import { rawInsert } from './raw-insert.ts';

export default async function* eventStore(lab: Lab): AsyncGenerator<Work> {
  const ours = await banyan(lab);
  const peers = [await emmett(lab), await rawInsert(lab)];
  const hasPgbench = isOnPath('pgbench');
  if (!hasPgbench) lab.note('pgbench is not on the PATH and left out (Debian: postgresql-contrib).');
  const pgbench = hasPgbench ? await pgbenchAppends(lab) : undefined;
  try {
    for (const callers of [1, 32, 256]) {
      const others = peers.map((peer) => appending(peer, lab, callers));
      if (pgbench !== undefined) others.push(pgbench(callers));
      yield {
        work: `append one event to new streams, ${callers} caller${callers === 1 ? '' : 's'}`,
        unit: 'appends/s',
        ours: appending(ours, lab, callers),
        peers: others,
      };
    }
    for (const callers of [1, 32]) {
      yield {
        work: `load ${eventsBefore} events, decide, append one, ${callers} caller${callers === 1 ? '' : 's'}`,
        unit: 'commands/s',
        ours: changing(ours, lab, callers),
        peers: peers.map((peer) => changing(peer, lab, callers)),
      };
    }
  } finally {
    for (const store of [ours, ...peers]) await store.close();
  }
}
