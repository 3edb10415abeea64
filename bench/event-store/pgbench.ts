import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metadataAfter } from '@banyan/runtime';
import type { Contestant, Turn } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { runProgram } from '../harness/program.ts';
import { query } from '../harness/server.ts';
import { counted } from './contender.ts';
import { payloads } from './order.ts';
import { maxConnections, rawTable } from './raw-insert.ts';

/** The insert of `raw-insert` from PostgreSQL's own load generator: what the server can do without Node. */
export async function pgbenchAppends(lab: Lab): Promise<(callers: number) => Contestant> {
  const url = await lab.database('pgbench');
  await query(url, rawTable);
  const script = join(lab.directory, 'append.sql');
  await writeFile(script, scriptOf(lab.options.seed));
  const about = { name: 'pgbench', url, countSql: 'select count(*) from events' };
  return (callers) => ({
    name: about.name,
    turn: () => counted(about, () => turn(lab, url, script, Math.min(callers, maxConnections))),
  });
}

function scriptOf(seed: number): string {
  const literal = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`;
  const values = `'order-' || gen_random_uuid(), 1, 'LinesAdded', 1, ${literal(payloads(seed)())}, ${literal(metadataAfter(undefined))}`;
  // A colon before a letter would be a variable of pgbench; in JSON one stands before a digit, a quote or a bracket only.
  return `insert into events (stream_id, version, type, schema_version, data, metadata) values (${values});\n`;
}

async function turn(lab: Lab, url: string, script: string, clients: number): Promise<Turn> {
  // It takes whole seconds only.
  const seconds = Math.max(1, Math.round(lab.options.seconds));
  const threads = Math.min(clients, 2);
  const args = ['-n', '-M', 'prepared', '-f', script, '-c', clients, '-j', threads, '-T', seconds, url];
  const output = await runProgram('pgbench', args.map(String), { signal: lab.signal });
  const amount = Number(/number of transactions actually processed: (\d+)/.exec(output)?.[1]);
  const rate = Number(/tps = ([\d.]+) \(without initial connection time\)/.exec(output)?.[1]);
  if (!(amount > 0 && rate > 0)) throw new Error(`pgbench says something else than expected:\n${output}`);
  return { amount, seconds: amount / rate };
}
