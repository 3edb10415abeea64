import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metadataAfter } from '@banyan/runtime';
import type { Contestant } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { query } from '../harness/server.ts';
import { counted } from './contender.ts';
import { newOrderId, payloads } from './order.ts';
import { rawTable } from './raw-insert.ts';

const rows = 20_000;

/**
 * One COPY of many events into the table of `raw-insert` with its indexes, from a file that the server reads: the most that
 * PostgreSQL takes in, in one transaction and without a client.
 */
export async function copyIn(lab: Lab): Promise<Contestant> {
  const url = await lab.database('copy');
  await query(url, rawTable);
  const file = join(lab.directory, 'events.tsv');
  await writeFile(file, linesOf(lab.options.seed).join(''));
  // The server's user reads it, who is another one when we are root.
  await chmod(file, 0o644);
  const about = { name: 'copy', url, countSql: 'select count(*) from events' };
  const sql = `copy events (stream_id, version, type, schema_version, data, metadata) from '${file}'`;
  return {
    name: about.name,
    async turn() {
      await query(url, 'truncate events');
      return counted(about, async () => {
        const start = performance.now();
        await query(url, sql);
        return { amount: rows, seconds: (performance.now() - start) / 1000 };
      });
    },
  };
}

function linesOf(seed: number): string[] {
  const payload = payloads(seed);
  const text = (value: unknown) => JSON.stringify(value).replaceAll('\\', '\\\\');
  return Array.from({ length: rows }, () =>
    [
      `order-${newOrderId()}`,
      1,
      'LinesAdded',
      1,
      text(payload()),
      `${text(metadataAfter(undefined))}\n`,
    ].join('\t'),
  );
}
