import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../harness/lab.ts';
import { runProgram } from '../harness/program.ts';
import { countInserts } from './count-inserts.ts';
import type { Reader } from './reader.ts';

/** PostgreSQL's own client: receives the messages and writes them to a file without a look at them. */
export function pgRecvlogical(lab: Lab): Reader {
  return {
    name: 'pg_recvlogical',
    slot: 'bench_recvlogical',
    async read({ url, publication, end }, slot) {
      const file = join(lab.directory, 'received');
      const options = ['-o', 'proto_version=1', '-o', `publication_names=${publication}`];
      const where = ['-d', url, '--slot', slot, '--endpos', end, '--file', file];
      const quick = ['--no-loop', '--fsync-interval=0'];
      await runProgram('pg_recvlogical', ['--start', ...where, ...quick, ...options], { signal: lab.signal });
      return async () => {
        const received = await readFile(file);
        await rm(file);
        return countInserts(received);
      };
    },
  };
}
