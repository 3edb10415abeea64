import pg from 'pg';
import { invariants } from '../invariants.js';
import { runScript, type Script, startScript } from './run-script.ts';

const script = (name: string) => new URL(`../${name}`, import.meta.url);

// biome-ignore lint/suspicious/noExplicitAny: what the shop answers is what the tests are about
export type Json = any;

/** An empty database, which the shop drops when it is disposed of. */
interface Database extends AsyncDisposable {
  readonly url: string;
}

/** A small shop with three years of business behind it, in a database and a process of its own. */
export interface RunningShop extends AsyncDisposable {
  readonly url: string;
  readonly databaseUrl: string;
  readonly server: Script;
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** The rows as arrays of values. */
  rows(sql: string, values?: unknown[]): Promise<Json[][]>;
  nightly(): Promise<void>;
  /** The names of the invariants that don't hold. */
  broken(): Promise<string[]>;
}

export const seedShop = (databaseUrl: string, env: Record<string, string> = {}) =>
  runScript(script('seed.js'), { DATABASE_URL: databaseUrl, SCALE: '0.02', ...env });

export const startServer = (databaseUrl: string, port = '0') =>
  startScript(script('server.js'), { DATABASE_URL: databaseUrl, PORT: port });

export async function runShop(database: Database): Promise<RunningShop> {
  try {
    const seeded = await seedShop(database.url);
    if (seeded.code !== 0) throw new Error(seeded.stderr);
    return await openShop(database);
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

async function openShop(database: Database): Promise<RunningShop> {
  const server = startServer(database.url);
  const url = (await server.firstLine).replace('musiccorp listening on ', '');
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  const rows = async (text: string, values: unknown[] = []) =>
    (await pool.query({ text, values, rowMode: 'array' })).rows;
  return {
    url,
    databaseUrl: database.url,
    server,
    rows,
    call: (method, path, body) => call(new URL(path, url), method, body),
    nightly: () => runNightly(database.url),
    broken: () => brokenInvariants(rows),
    async [Symbol.asyncDispose]() {
      server.child.kill('SIGTERM');
      await server.ended;
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function call(url: URL, method: string, body: unknown) {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function runNightly(databaseUrl: string): Promise<void> {
  const end = await runScript(script('nightly.js'), { DATABASE_URL: databaseUrl });
  if (end.code !== 0) throw new Error(end.stderr);
}

async function brokenInvariants(rows: RunningShop['rows']): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, sql } of invariants) {
    const [[value] = []] = await rows(sql);
    if (Number(value) !== 0) broken.push(`${name}: ${value}`);
  }
  return broken;
}
