import type { Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { isOnPath } from '../harness/program.ts';
import { banyanCopy, dumpAndRestore } from './copy.ts';
import { following } from './following.ts';
import { splitLab } from './split-lab.ts';
import { switches } from './switches.ts';
import { verifying } from './verifying.ts';

const owners = 'change the owner';

export default async function* split(lab: Lab): AsyncGenerator<Work> {
  const { rows, only } = lab.options;
  const changes = only?.filter((word) => owners.includes(word)) ?? [owners];
  if (only === undefined || changes.length < only.length) {
    yield* copying(lab, rows);
    yield* verifying(lab);
    yield* following(lab);
  }
  if (changes.length > 0) await switches(lab);
}

async function* copying(lab: Lab, rows: number): AsyncGenerator<Work> {
  await using tables = await splitLab(lab, rows);
  const hasPsql = isOnPath('psql');
  if (!hasPsql) lab.note('psql is not on the PATH and left out (Debian: postgresql-client).');
  yield {
    work: `copy ${rows.toLocaleString('en')} narrow rows to another database`,
    unit: 'rows/s',
    ours: banyanCopy(tables, rows),
    peers: [banyanCopy(tables, rows, 'kept'), ...(hasPsql ? [dumpAndRestore(lab, tables.source, rows)] : [])],
  };
}
