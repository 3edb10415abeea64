// What a survey of a running monolith's database says beside what the server itself noted: its log of changes and its log of statements.
import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { connect } from '@banyan/postgres';
import type { EmbeddedServer } from '@banyan/postgres/embedded';
import { bootMonolith, type Monolith, monoliths, runWorkload } from './monolith.ts';

const root = path.resolve(import.meta.dirname, '../..');
const cli = ['--import', 'tsx', '--conditions=banyan-source', path.join(root, 'packages/cli/src/main.ts')];

/** Settings of the server without which its statements can't be told apart by database. */
export const statementLog = { log_destination: 'jsonlog', log_rotation_age: 0 };

/** How often a set of tables was met, by their names in order, joined with `+`. */
type Sets = ReadonlyMap<string, number>;

export interface Truth {
  /** Sets of two tables and more that were written in one transaction, as the survey and as `txstats.mjs` count them. */
  readonly written: { readonly survey: Sets; readonly server: Sets };
  readonly transactions: { readonly survey: number; readonly server: number };
  /** Sets of two tables and more that stand in one statement, as the survey and as the server's log of statements has them. */
  readonly joined: { readonly survey: Sets; readonly server: Sets };
}

interface FoundByWatch {
  readonly transactions: number;
  readonly together: readonly { readonly tables: readonly string[]; readonly transactions: number }[];
}

interface FoundByCount {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly callsPerHour: number;
}

/** Watches one boot and one workload with both, so that both see the same changes and the same statements. */
export async function surveyAndServer(
  name: Monolith['name'],
  at: EmbeddedServer,
  home: string,
  settings: Readonly<Record<string, string>>,
): Promise<Truth> {
  const [url, appHome] = [at.url(name), path.join(home, name)];
  await at.createDatabase(name);
  // Installed and filled first, so that only the work is looked at.
  await (await bootMonolith(name, url, appHome)).stop();
  const pool = connect(url, { max: 1, applicationName: 'monoliths' });
  const ask = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await pool.query<Row>(sql, values)).rows;
  try {
    const [log] = await ask<{ file: string; size: string }>(
      "select f as file, (pg_stat_file(f)).size::text as size from pg_current_logfile('jsonlog') f",
    );
    await ask('create extension if not exists pg_stat_statements');
    await ask(`alter database ${name} set log_statement = 'all'`);
    await txstats(url, 'start');
    const watching = startWatching(url);
    await until(
      async () =>
        (await ask("select from pg_replication_slots where slot_name like 'banyan_survey%'")).length,
    );
    await ask('select pg_stat_statements_reset()');
    const booted = await bootMonolith(name, url, appHome);
    try {
      await runWorkload(name, booted.url, settings);
    } finally {
      await booted.stop();
    }
    const { writes } = (await watching.end()).database as { writes: FoundByWatch };
    const server = JSON.parse(await txstats(url, 'stop')) as TxStats;
    const { statements, statementHours: hours } = (await startWatching(url, []).end()).database as {
      statements: FoundByCount[];
      statementHours: number;
    };
    const [text] = await ask<{ text: string }>('select pg_read_file($1, $2::bigint, 1000000000) as text', [
      log!.file,
      log!.size,
    ]);
    const tables = await ask<{ name: string }>(
      "select lower(relname) as name from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace = 'public'::regnamespace",
    );
    return {
      written: { survey: writtenBySurvey(writes), server: writtenByServer(server) },
      transactions: { survey: writes.transactions, server: server.transactions },
      joined: {
        survey: joinedBySurvey(statements, hours),
        server: joinedByServer(text!.text, name, new Set(tables.map((table) => table.name))),
      },
    };
  } finally {
    await ask(`alter database ${name} reset log_statement`);
    await pool.end();
  }
}

interface TxStats {
  readonly transactions: number;
  readonly widest: readonly (readonly [string, number])[];
  readonly most_frequent_multi: readonly (readonly [string, number])[];
}

async function txstats(url: string, what: 'start' | 'stop'): Promise<string> {
  const script = path.join(monoliths, 'txstats.mjs');
  const env = { ...process.env, DATABASE_URL: url };
  return (await promisify(execFile)(process.execPath, [script, what], { env, maxBuffer: 64 << 20 })).stdout;
}

/** `banyan survey` as users have it; it stops watching on Ctrl-C and tells what it saw. */
function startWatching(url: string, watch = ['--watch', '1h']) {
  const child = spawn(process.execPath, [...cli, 'survey', '--database', url, ...watch, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  const ended = new Promise((resolve) => child.on('close', resolve));
  return {
    async end(): Promise<{ readonly database: unknown }> {
      if (watch.length > 0) child.kill('SIGINT');
      await ended;
      return JSON.parse(stdout);
    },
  };
}

function writtenBySurvey({ together }: FoundByWatch): Sets {
  return summed(together.map(({ tables, transactions }) => [tables, transactions]));
}

function writtenByServer({ widest, most_frequent_multi: often }: TxStats): Sets {
  const sets = new Map([...widest, ...often]);
  return summed([...sets].map(([names, times]) => [names.split('+').map(plain), times]));
}

function joinedBySurvey(statements: readonly FoundByCount[], hours: number): Sets {
  const sets = summed(
    statements.map(({ reads, writes, callsPerHour }) => [[...reads, ...writes], callsPerHour]),
  );
  return new Map([...sets].map(([names, perHour]) => [names, Math.round(perHour * hours)]));
}

const named = /\b(?:from|join|into|update|only|using)\s+((?:"?\w+"?\.)?"?\w+"?)/gi;

/** By the words before names of tables, without a parser: another way than the survey's. */
function joinedByServer(log: string, database: string, tables: ReadonlySet<string>): Sets {
  const met: [string[], number][] = [];
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { dbname, message = '', application_name: by } = JSON.parse(line) as Record<string, string>;
    const statement = /^(?:statement|execute [^:]+): ([\s\S]*)$/.exec(message)?.[1];
    if (dbname !== database || by === 'banyan-survey' || by === 'monoliths' || statement === undefined)
      continue;
    // What stands in quotes is a value, and may say anything.
    const names = [...statement.replace(/'(?:[^']|'')*'/g, "''").matchAll(named)].map(([, name]) =>
      plain(name!),
    );
    met.push([names.filter((name) => tables.has(name)), 1]);
  }
  return summed(met);
}

function plain(name: string): string {
  return name.split('.').at(-1)!.replaceAll('"', '').toLowerCase();
}

/** Sets of two and more. */
function summed(met: readonly (readonly [readonly string[], number])[]): Sets {
  const sets = new Map<string, number>();
  for (const [names, times] of met) {
    const all = [...new Set(names)].sort();
    if (all.length < 2) continue;
    sets.set(all.join('+'), (sets.get(all.join('+')) ?? 0) + times);
  }
  return sets;
}

async function until(look: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('Waited a minute in vain for the survey to watch');
}
