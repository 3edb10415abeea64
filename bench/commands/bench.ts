import type { Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { commanding } from './commanding.ts';
import { banyan, emmett } from './contenders.ts';

const callers = 32;

export default async function* commands(lab: Lab): AsyncGenerator<Work> {
  const [ours, theirs] = [await banyan(lab), await emmett(lab)];
  const work = (name: string, orders: number, events: number): Work => ({
    work: `${name}, ${callers} callers`,
    unit: 'commands/s',
    ours: commanding(ours, lab, { orders, events, callers }),
    peers: [commanding(theirs, lab, { orders, events, callers })],
  });
  try {
    yield work('commands to one hot aggregate', 1, 0);
    yield work('commands to 100 streams of 10 events', 100, 10);
    yield work('commands to 100 streams of 1000 events', 100, 1_000);
  } finally {
    await ours.close();
    await theirs.close();
  }
}
