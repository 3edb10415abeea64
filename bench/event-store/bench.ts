import type { Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { isOnPath } from '../harness/program.ts';
import { banyan } from './banyan.ts';
import { appending, type Contender, changing } from './contender.ts';
import { copyIn } from './copy.ts';
import { emmett } from './emmett.ts';
import { banyanFollower, emmettFollower } from './follower.ts';
import { whileIdle } from './idle-transaction.ts';
import { eventsPerSecond, lagging } from './lag.ts';
import { eventsBefore } from './order.ts';
import { pgbenchAppends } from './pgbench.ts';
import { rawInsert } from './raw-insert.ts';
import { rebuilding } from './rebuild.ts';

export default async function* eventStore(lab: Lab): AsyncGenerator<Work> {
  const ours = await banyan(lab);
  const peers = [await emmett(lab), await rawInsert(lab)];
  try {
    yield* appends(lab, ours, peers);
    yield* commands(lab, ours, peers);
    yield* beside(lab, ours);
  } finally {
    for (const store of [ours, ...peers]) await store.close();
  }
  yield* lag(lab);
  yield* rebuilding(lab);
}

async function* appends(lab: Lab, ours: Contender, peers: readonly Contender[]): AsyncGenerator<Work> {
  const hasPgbench = isOnPath('pgbench');
  if (!hasPgbench) lab.note('pgbench is not on the PATH and left out (Debian: postgresql-contrib).');
  const pgbench = hasPgbench ? await pgbenchAppends(lab) : undefined;
  const copy = await copyIn(lab);
  for (const callers of [1, 32, 256]) {
    const others = peers.map((peer) => appending(peer, lab, callers));
    if (pgbench !== undefined) others.push(pgbench(callers));
    if (callers === 256) others.push(copy);
    yield {
      work: `append one event to new streams, ${callers} caller${callers === 1 ? '' : 's'}`,
      unit: 'appends/s',
      ours: appending(ours, lab, callers),
      peers: others,
    };
  }
}

async function* commands(lab: Lab, ours: Contender, peers: readonly Contender[]): AsyncGenerator<Work> {
  for (const callers of [1, 32]) {
    yield {
      work: `load ${eventsBefore} events that nobody has in memory, decide, append one, ${callers} caller${callers === 1 ? '' : 's'}`,
      unit: 'commands/s',
      ours: changing(ours, lab, callers),
      peers: peers.map((peer) => changing(peer, lab, callers)),
    };
  }
}

/** Ours beside itself: what somebody else's open transaction costs. */
async function* beside(lab: Lab, ours: Contender): AsyncGenerator<Work> {
  const quiet = appending(ours, lab, 32);
  yield {
    work: 'append one event, 32 callers, beside a transaction left open',
    unit: 'appends/s',
    ours: await whileIdle(quiet, lab),
    peers: [{ ...quiet, name: 'ours with none open' }],
  };
}

async function* lag(lab: Lab): AsyncGenerator<Work> {
  const [ours, theirs] = [await banyanFollower(lab), await emmettFollower(lab)];
  try {
    yield {
      work: `append to projection, ${eventsPerSecond} events/s, slowest hundredth (p99) of the lag`,
      unit: 'ms',
      timed: true,
      ours: lagging(ours, lab),
      peers: [lagging(theirs, lab)],
    };
  } finally {
    await ours.close();
    await theirs.close();
  }
}
