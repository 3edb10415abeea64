import { abortSplit, openSplit, runSplit, switchOwner } from 'banyan';
import type { Lab } from '../harness/lab.ts';
import { query } from '../harness/server.ts';
import { median, percentile } from '../harness/statistics.ts';
import { histogram } from './histogram.ts';
import { startWriters } from './writers.ts';

const perSecond = 500;
const name = 'bench';

/** Changes the owner of a table there and back, `--runs` times, while it is written, and tells how long nobody could write it. */
export async function switches(lab: Lab): Promise<void> {
  const rounds = lab.options.runs;
  const [ledger, source, target] = [
    await lab.database('ledger'),
    await lab.database('source'),
    await lab.database('target'),
  ];
  for (const url of [source, target]) {
    await query(url, 'create table stock (id bigserial primary key, item int not null, count int not null)');
  }
  await query(source, 'insert into stock (item, count) select g, 0 from generate_series(1, 10000) g');
  const config = {
    ledger: { database: ledger },
    monolith: { url: 'http://127.0.0.1:1', database: source },
    proxy: { port: 0 },
    services: { warehouse: { url: 'http://127.0.0.1:2', database: target } },
    migrations: {},
    splits: { [name]: { service: 'warehouse', tables: ['public.stock'] } },
  };
  const open = await openSplit(config, name);
  try {
    await runSplit(open, () => undefined, lab.signal);
    const writers = await startWriters({ source, target }, perSecond);
    const told: number[] = [];
    const seen: number[] = [];
    for (let round = 0; round < 2 * rounds; round++) {
      const began = performance.now();
      const { figures } = await switchOwner(open, round % 2 === 0 ? 'target' : 'source', () => undefined, {
        signal: lab.signal,
      });
      told.push(figures?.pauseMs ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      seen.push(writers.longestGap(began));
      lab.note(`change ${round + 1}: ${told.at(-1)!.toFixed(0)} ms, clients ${seen.at(-1)!.toFixed(0)} ms`);
    }
    const acknowledged = await writers.stop();
    const rows = await query(
      source,
      'select count(*)::int as rows, count(distinct item)::int as items from stock where item > 10000',
    );
    const lost = acknowledged - Number(rows[0]!.items);
    const doubled = Number(rows[0]!.rows) - Number(rows[0]!.items);
    for (const [what, values] of [
      ['write pause, from the fence to the new owner', told],
      ['longest time without an acknowledged write, as clients saw it', seen],
    ] as const) {
      const figures = {
        p50: median(values),
        p99: percentile(values, 99),
        max: Math.max(...values),
        changes: values.length,
      };
      lab.report(
        `\n${what}: p50 ${figures.p50.toFixed(0)} ms, p99 ${figures.p99.toFixed(0)} ms, max ${figures.max.toFixed(0)} ms over ${values.length} changes\n${histogram(values).join('\n')}`,
        { work: what, unit: 'ms', ...figures, values },
      );
    }
    lab.report(
      `\n${acknowledged} writes acknowledged at ${perSecond}/s asked for (${writers.refused()} refused and sent again): ${lost} lost, ${doubled} doubled`,
      { work: 'writes over all changes', acknowledged, lost, doubled, refused: writers.refused() },
    );
    if (lost !== 0 || doubled !== 0) throw new Error(`${lost} writes are lost and ${doubled} are doubled.`);
    await abortSplit(open, 'the benchmark is over');
  } finally {
    await open[Symbol.asyncDispose]();
  }
}
