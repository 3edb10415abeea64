import type { Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { isOnPath } from '../harness/program.ts';
import { writeBacklog } from './backlog.ts';
import { banyan } from './banyan.ts';
import { pgLogicalReplication } from './pg-logical-replication.ts';
import { pgRecvlogical } from './pg-recvlogical.ts';
import { processorClock, reading, wallClock } from './reader.ts';
import { sqlDecoding } from './sql-decoding.ts';

export default async function* changeFeed(lab: Lab): AsyncGenerator<Work> {
  const backlog = await writeBacklog(lab);
  const peers = [pgLogicalReplication, sqlDecoding];
  if (isOnPath('pg_recvlogical')) peers.push(pgRecvlogical(lab));
  else lab.note('pg_recvlogical is not on the PATH and left out (Debian: postgresql-client).');
  const work = `read a backlog of ${backlog.rows.toLocaleString('en')} rows`;
  yield {
    work,
    unit: 'rows/s',
    ours: reading(banyan, backlog, wallClock),
    peers: peers.map((peer) => reading(peer, backlog, wallClock)),
  };
  // The server sends slower than either reads, so that the clock on the wall shows the server; this shows the readers.
  yield {
    work: `${work}, processor time of the reader`,
    unit: 'rows/s',
    ours: reading(banyan, backlog, processorClock),
    peers: [reading(pgLogicalReplication, backlog, processorClock)],
  };
}
