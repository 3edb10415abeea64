import {
  abandonTarget,
  closeFence,
  copyTables,
  dropFeed,
  forgetSides,
  prepareSides,
  removeFence,
  runStatements,
} from '@banyan/split';
import type { Contestant, Turn } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { runProgram } from '../harness/program.ts';
import { query } from '../harness/server.ts';
import type { SplitLab } from './split-lab.ts';

const slotMs = 60_000;
/** The check that lets a copy pause is there, and nothing makes it pause. */
const load = { sessions: 1e6, probeMs: 1e6, standbyLagMs: 1e6 };

/** The copy that a split begins with, from its first statement until changes are followed; with the indexes made afterwards or kept. */
export function banyanCopy(
  { open: { sides, plan }, target }: SplitLab,
  rows: number,
  indexes: 'made after' | 'kept' = 'made after',
): Contestant {
  const aside = indexes === 'kept' ? { asideFromRows: Number.POSITIVE_INFINITY } : {};
  return {
    name: indexes === 'kept' ? 'ours, indexes kept' : 'ours',
    async prepare() {
      await dropFeed(sides, plan, 'target');
      await abandonTarget(sides, plan);
      await removeFence(sides, plan, 'target');
      await runStatements(sides, forgetSides(plan));
    },
    async turn() {
      return timed(target, rows, async () => {
        await runStatements(sides, prepareSides(plan));
        await closeFence(sides, plan, 'target');
        await copyTables(sides, plan, { slotMs, load, ...aside });
      });
    },
  };
}

/**
 * What `pg_dump | psql` does with these tables, while nobody writes: copy out, copy in, then the keys. Not `pg_dump` itself, which
 * refuses servers that are newer than it.
 */
export function dumpAndRestore(lab: Lab, source: string, rows: number): Contestant {
  let turns = 0;
  let target = '';
  const copy = (table: string) =>
    `psql -qc "copy ${table} to stdout" "$FROM" | psql -qc "copy ${table} from stdin" "$TO"`;
  return {
    name: 'copy, as pg_dump | psql',
    async prepare() {
      if (target !== '') await query(target, 'drop table stock, movement');
      target = await lab.database(`dumped_${++turns}`);
    },
    turn: () =>
      timed(target, rows, async () => {
        await query(target, 'create table stock (id int not null, item text not null, count int not null)');
        await query(
          target,
          'create table movement (id bigint not null, stock int not null, change int not null, ref bigint)',
        );
        const env = { FROM: source, TO: target };
        const script = `set -o pipefail; ${copy('stock')} && ${copy('movement')}`;
        await runProgram('bash', ['-c', script], { signal: lab.signal, env });
        await query(target, 'alter table stock add primary key (id)');
        await query(target, 'alter table movement add primary key (id)');
      }),
  };
}

async function timed(target: string, rows: number, work: () => Promise<void>): Promise<Turn> {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const [found] = await query(target, 'select count(*)::int as rows from movement');
  if (found!.rows !== rows) throw new Error(`${found!.rows} of ${rows} rows were copied.`);
  return { amount: rows, seconds };
}
