import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Turn, Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { isOnPath, runProgram } from '../harness/program.ts';
import { query } from '../harness/server.ts';
import { generateMonolith } from './generate-monolith.ts';

const tables = 200;
/** Files, seconds and megabytes at most, and the part of the first run's time that the second may take. */
const limits = [
  { files: 3_000, seconds: 30, megabytes: 2_048 },
  { files: 20_000, seconds: 180, megabytes: 2_048 },
] as const;

interface Once {
  readonly files: number;
  readonly tables: number;
  readonly contexts: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly megabytes: number;
}

/** How long a survey of a generated monolith takes, again with its cache, and what watching a database does to a load on it. */
export default async function* survey(lab: Lab): AsyncGenerator<Work> {
  const wanted = (title: string) => lab.options.only?.some((word) => title.includes(word)) ?? true;
  for (const limit of limits) if (wanted(`${limit.files} files`)) await sized(lab, limit);
  if (!isOnPath('pgbench'))
    return lab.note('pgbench is not on the PATH; what a survey does to a load is left out.');
  yield await harm(lab);
}

async function sized(lab: Lab, { files, seconds, megabytes }: (typeof limits)[number]): Promise<void> {
  const folder = join(lab.directory, `monolith-${files}`);
  lab.note(`Generating ${files} files.`);
  await generateMonolith(folder, { files, tables, seed: lab.options.seed });
  const cache = join(lab.directory, `cache-${files}`);
  const first = await once(lab, folder, cache);
  const second = await once(lab, folder, cache);
  for (const [run, found, most] of [
    ['first run', first, seconds],
    ['second run', second, first.seconds / 5],
  ] as const) {
    const told = `${found.files} files, ${found.tables} tables, ${run}: ${found.seconds.toFixed(1)} s (at most ${most.toFixed(1)}), ${Math.round(found.megabytes)} MB (at most ${megabytes}), ${found.contexts} contexts`;
    lab.report(told, { work: `${files} files, ${run}`, ...found });
  }
}

async function once(lab: Lab, folder: string, cache: string): Promise<Once> {
  const program = fileURLToPath(new URL('survey-once.ts', import.meta.url));
  const flags = ['--import', 'tsx', program, folder, cache];
  return JSON.parse(await runProgram(process.execPath, flags, { signal: lab.signal })) as Once;
}

/** The same load with a survey that watches all the while, and alone. */
async function harm(lab: Lab): Promise<Work> {
  const url = await lab.database('harm');
  const { signal } = lab;
  await runProgram('pgbench', ['-i', '-q', '-s', '10', url], { signal });
  const seconds = Math.max(1, Math.round(lab.options.seconds));
  const load = async (): Promise<Turn> => {
    const output = await runProgram('pgbench', ['-n', '-c', '4', '-j', '1', '-T', `${seconds}`, url], {
      signal,
    });
    const amount = Number(/number of transactions actually processed: (\d+)/.exec(output)?.[1]);
    const rate = Number(/tps = ([\d.]+) \(without initial connection time\)/.exec(output)?.[1]);
    if (!(amount > 0 && rate > 0)) throw new Error(`pgbench says something else than expected:\n${output}`);
    return { amount, seconds: amount / rate };
  };
  return {
    work: 'a load of pgbench while a survey watches, beside the load alone',
    unit: 'transactions/s',
    ours: { name: 'ours', turn: () => watched(lab, url, seconds, load) },
    peers: [{ name: 'alone', turn: load }],
  };
}

/** The load begins when the survey has its slot, and the survey outlasts it. */
async function watched(lab: Lab, url: string, seconds: number, load: () => Promise<Turn>): Promise<Turn> {
  const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
  const flags = [main, 'survey', '--database', url, '--json'];
  const watching = runProgram(process.execPath, [...flags, '--watch', `${seconds + 4}s`], {
    signal: lab.signal,
  });
  try {
    await slotOf(url);
    return await load();
  } finally {
    const { database } = JSON.parse(await watching) as { database: { writes: { transactions: number } } };
    if (database.writes.transactions === 0) lab.note('The survey saw no transaction: did it watch?');
  }
}

async function slotOf(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  const sql = `select count(*) as slots from pg_replication_slots where slot_name like 'banyan\\_survey\\_%' and active`;
  while (Number((await query(url, sql))[0]!.slots) === 0) {
    if (Date.now() > deadline) throw new Error('The survey made no slot within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
