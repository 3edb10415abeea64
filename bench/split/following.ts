import { setTimeout as sleep } from 'node:timers/promises';
import { followTranslated } from '@banyan/split';
import { runSplit } from 'banyan';
import type { Contestant, Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { query } from '../harness/server.ts';
import { otherShape, type SplitLab, splitLab } from './split-lab.ts';

const backlog = 100_000;
const rowsPerTransaction = 10;

/** Changes that wait at the source until they are at the target: through a translator, and beside it by the servers' own replication. */
export async function* following(lab: Lab): AsyncGenerator<Work> {
  await using translated = await splitLab(lab, 0, otherShape);
  await using native = await splitLab(lab, 0);
  for (const { open } of [translated, native]) await runSplit(open, () => undefined, lab.signal);
  // Who follows is started by each turn.
  await translated.open.followers[Symbol.asyncDispose]();
  yield {
    work: `follow ${backlog.toLocaleString('en')} new rows, ${rowsPerTransaction} in a transaction, at a service whose rows have another shape`,
    unit: 'rows/s',
    ours: throughTranslator(translated),
    peers: [byServers(native)],
  };
}

function throughTranslator({ source, target, open: { sides, plan } }: SplitLab): Contestant {
  let last = 0;
  return {
    name: 'ours',
    async prepare() {
      last = await write(source, last);
    },
    turn: () =>
      timed(async () => {
        await using _following = followTranslated(sides, plan, 'target', { translate: otherShape.forth });
        await arrived(target, 'bookings', last);
      }),
  };
}

function byServers({ source, target, open: { plan } }: SplitLab): Contestant {
  const turned = (how: 'enable' | 'disable') =>
    query(target, `alter subscription banyan_split_${plan.name}_to_target ${how}`);
  let last = 0;
  return {
    name: "the servers' replication, alike",
    async prepare() {
      await turned('disable');
      last = await write(source, last);
    },
    turn: () =>
      timed(async () => {
        await turned('enable');
        await arrived(target, 'movement', last);
      }),
  };
}

/** Writes the rows and gives the last one's number. */
async function write(url: string, last: number): Promise<number> {
  await query(
    url,
    `do $$ begin
      perform set_config('synchronous_commit', 'off', false);
      for low in ${last + 1} .. ${last + backlog} by ${rowsPerTransaction} loop
        insert into movement (id, stock, change, ref)
        select id, 1 + id % 1000, 1, id from generate_series(low, low + ${rowsPerTransaction - 1}) as id;
        commit;
      end loop;
    end $$`,
  );
  return last + backlog;
}

async function arrived(url: string, table: string, last: number): Promise<void> {
  for (;;) {
    const [found] = await query(url, `select coalesce(max(id), 0)::int as last from ${table}`);
    if (found!.last === last) break;
    await sleep(20);
  }
  const [counted] = await query(url, `select count(*)::int as rows from ${table}`);
  if (counted!.rows !== last) throw new Error(`${counted!.rows} of ${last} rows have arrived.`);
}

async function timed(work: () => Promise<void>) {
  const began = performance.now();
  await work();
  return { amount: backlog, seconds: (performance.now() - began) / 1000 };
}
