import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from '@banyan/postgres';
import { type EmbeddedServer, startEmbeddedServer } from '@banyan/postgres/embedded';
import { catalogueDiff, catalogueDump } from '@banyan/split';
import type pg from 'pg';
import { runVerb } from './banyan-proxy.ts';
import { bootMonolith, runWorkload, type WorkloadReport } from './monolith.ts';
import { makeTablesLike } from './tables-like.ts';

/** Vendure's stock, as Vendure calls its tables. */
const tables = ['public.stock_level', 'public.stock_movement'];
/** The schema that they move to. */
const schema = 'stock';

/** What was seen while the tables were away and came back. */
export interface SplitSeen {
  /** What the monolith's own workload reports, by where the tables were. */
  readonly reports: readonly (WorkloadReport & { readonly during: string })[];
  /** What each step told. */
  readonly told: readonly string[];
  /** Rows that were written to the service's database while it owned the tables. */
  readonly writtenThere: number;
  /** What the source's catalogues differ in at the end. */
  readonly left: readonly string[];
}

/**
 * Moves the stock of a running Vendure to another server and back, with foreign tables under the old names, while Vendure's own workload
 * goes on.
 * @param shop The name of Vendure's database.
 */
export async function splitStock(
  at: EmbeddedServer,
  shop: string,
  home: string,
  settings: Readonly<Record<string, string>>,
): Promise<SplitSeen> {
  const other = await startEmbeddedServer({ dir: path.join(home, 'postgres-stock') });
  const database = `stock_${Date.now()}`;
  await at.createDatabase(`${database}_ledger`);
  await other.createDatabase(database);
  const [source, target] = [connect(at.url(shop)), connect(other.url(database))];
  try {
    await using monolith = await bootMonolith('vendure', at.url(shop), path.join(home, 'vendure'));
    const banyan = await configure({
      directory: path.join(home, 'vendure-split'),
      // Slots belong to the whole server: an earlier attempt may have left one.
      name: `stock_${Date.now().toString(36)}`,
      source,
      urls: {
        ledger: at.url(`${database}_ledger`),
        monolith: monolith.url,
        source: at.url(shop),
        target: other.url(database),
      },
    });
    await makeTablesLike(source, tables, target, schema);
    const before = await catalogueDump(source);
    const told: string[] = [];
    const say = async (...args: readonly [string, ...string[]]) => {
      told.push(`${args.join(' ')}: ${(await banyan(...args)).trim().split('\n').pop()}`);
    };
    const reports: SplitSeen['reports'][number][] = [];
    const work = async (during: string, also: () => Promise<unknown> = async () => undefined) => {
      const running = runWorkload('vendure', monolith.url, {
        ...settings,
        RUN: `${database}${reports.length}`,
      });
      const [report] = await Promise.all([running, also()]);
      reports.push({ ...report, during });
    };
    await work('at home, and given to the service', async () => {
      await say('seam');
      await say('run');
      await say('cutover');
    });
    const had = await movements(target);
    await work('at the service');
    const writtenThere = (await movements(target)) - had;
    await say('verify');
    await say('status');
    await work('at the service, and given back', () => say('reverse'));
    await work('at home again');
    await say('verify');
    await say('abort');
    await say('seam', '--undo');
    return { reports, told, writtenThere, left: catalogueDiff(before, await catalogueDump(source)) };
  } finally {
    await Promise.all([source.end(), target.end()]);
    await other.stop();
  }
}

async function movements(target: pg.Pool): Promise<number> {
  const { rows } = await target.query(`select count(*)::int as n from ${schema}.stock_movement`);
  return rows[0].n;
}

interface Configured {
  readonly directory: string;
  readonly name: string;
  readonly source: pg.Pool;
  readonly urls: Readonly<Record<'ledger' | 'monolith' | 'source' | 'target', string>>;
}

const keysSql = `
  select format('%s.%s.%s', n.nspname, c.relname, k.conname) as name from pg_constraint k
  join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where k.contype = 'f' and (k.conrelid = any ($1::regclass[])) <> (k.confrelid = any ($1::regclass[]))`;

async function configure({ directory, name, source, urls }: Configured) {
  mkdirSync(directory, { recursive: true });
  const keys = await source.query<{ name: string }>(keysSql, [tables]);
  const file = path.join(directory, 'banyan.config.mjs');
  const config = {
    ledger: { database: urls.ledger },
    monolith: { url: urls.monolith, database: urls.source },
    proxy: { port: 0 },
    services: { stock: { url: 'http://127.0.0.1:1', database: urls.target } },
    migrations: {},
    splits: {
      [name]: {
        service: 'stock',
        tables,
        stage: { schema },
        bridge: 'foreign-tables',
        seam: {
          foreignKeys: Object.fromEntries(keys.rows.map((key) => [key.name, { orphans: 'allow' }])),
        },
      },
    },
  };
  writeFileSync(file, `export default ${JSON.stringify(config, null, 2)};\n`);
  return (verb: string, ...flags: readonly string[]) => runVerb('split', verb, name, ...flags, '-c', file);
}
