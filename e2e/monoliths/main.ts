// Real monoliths under survey and behind the proxy: `npm run monoliths`. Takes some minutes, and installs the monoliths the first time.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedServer, startEmbeddedServer } from '@banyan/postgres/embedded';
import { type BanyanProxy, startBanyanProxy } from './banyan-proxy.ts';
import { bootMonolith, monoliths, runWorkload, type WorkloadReport } from './monolith.ts';
import { readProducts } from './product-readers.ts';
import { splitStock } from './split-stock.ts';
import { statementLog, surveyAndServer } from './survey-truth.ts';
import { lookAtUnleash } from './unleash-pages.ts';

const home = path.resolve(process.env.MONOLITHS_HOME ?? path.join(tmpdir(), 'banyan-monoliths'));
const seed = process.env.SEED ?? '1';
const ops = process.env.OPS ?? '10';
const only = process.env.MONOLITH;
/** `survey`, `proxy` or `split`; without it all. */
const part = process.env.PART;
const failures: string[] = [];

if (!existsSync(path.join(monoliths, 'vendure/up.sh'))) {
  console.log(`SKIPPED: there are no monoliths in ${monoliths}; name their folder in MONOLITHS.`);
  process.exit(0);
}
const server = await startEmbeddedServer({ dir: path.join(home, 'postgres'), settings: statementLog });
try {
  for (const name of ['unleash', 'vendure'] as const)
    if ((part ?? 'survey') === 'survey' && (only ?? name) === name) await surveyTellsTheTruth(name, server);
  if ((part ?? 'proxy') === 'proxy' && only !== 'vendure') await unleash(server);
  if ((part ?? 'proxy') === 'proxy' && only !== 'unleash') await vendure(server);
  if ((part ?? 'split') === 'split' && only !== 'unleash') await stockOfVendure(server);
} finally {
  await server.stop();
}
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(failures.length === 0 ? 'All of it holds.' : `${failures.length} failed, seed ${seed}`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function unleash(at: EmbeddedServer): Promise<void> {
  for (const name of ['unleash', 'unleash_ledger']) await at.createDatabase(name);
  await using monolith = await bootMonolith('unleash', at.url('unleash'), path.join(home, 'unleash'));
  await using proxy = await startBanyanProxy({
    directory: path.join(home, 'unleash-proxy'),
    ledger: at.url('unleash_ledger'),
    monolith: monolith.url,
  });
  await sameWorkload('unleash', monolith.url, proxy.url);
  const seen = await lookAtUnleash(proxy.url, home);
  check(
    `unleash UI in a browser, ${seen.requests} requests`,
    seen.problems.length === 0,
    seen.problems.join('; '),
  );
}

async function vendure(at: EmbeddedServer): Promise<void> {
  for (const name of ['vendure', 'vendure_ledger']) await at.createDatabase(name);
  const appHome = path.join(home, 'vendure');
  {
    await using monolith = await bootMonolith('vendure', at.url('vendure'), appHome);
    await using proxy = await startBanyanProxy({
      directory: path.join(home, 'vendure-proxy'),
      ledger: at.url('vendure_ledger'),
      monolith: monolith.url,
    });
    await sameWorkload('vendure', monolith.url, proxy.url);
  }
  const copy = `vendure_copy_${Date.now()}`;
  await copyDatabase(at, 'vendure', copy);
  await using owner = await bootMonolith('vendure', at.url('vendure'), appHome);
  await using candidate = await bootMonolith('vendure', at.url(copy), appHome);
  await using proxy = await startBanyanProxy({
    directory: path.join(home, 'vendure-move'),
    ledger: at.url('vendure_ledger'),
    monolith: owner.url,
    services: { products: candidate.url },
  });
  await moveProducts(proxy);
}

/** The stock of a running Vendure moves to another server and back, and Vendure is not told. */
async function stockOfVendure(at: EmbeddedServer): Promise<void> {
  await at.createDatabase('vendure');
  const shop = `vendure_stock_${Date.now()}`;
  // Filled the first time; what is left half way is no use for another time.
  await (await bootMonolith('vendure', at.url('vendure'), path.join(home, 'vendure'))).stop();
  await copyDatabase(at, 'vendure', shop);
  const seen = await splitStock(at, shop, home, { SEED: seed, USERS: '4', OPS: process.env.OPS ?? '15' });
  for (const line of seen.told) console.log(`  ${line}`);
  for (const report of seen.reports) {
    console.log(`vendure, stock ${report.during}: ${figuresOf(report)}`);
    for (const sample of report.errors.samples ?? []) console.log(`    ${sample}`);
    check(
      `vendure goes on selling with its stock ${report.during}`,
      report.ok && report.errors.wrong === 0,
      JSON.stringify(report),
    );
  }
  check(`${seen.writtenThere} movements of stock reached the service's database`, seen.writtenThere > 0, '');
  check('the catalogues of Vendure are as before', seen.left.length === 0, seen.left.join('\n'));
}

/** The product reads, one kind of operation among many on one URL, are compared and then moved by canary. */
async function moveProducts(proxy: BanyanProxy): Promise<void> {
  const name = `products-${Date.now()}`;
  const why = ['--why', 'product reads move to the second Vendure', '--by', 'monoliths'];
  const match = ['--path', '/shop-api', '--graphql', 'product,products,search'];
  await proxy.verb(
    'route',
    'set',
    name,
    ...match,
    '--candidate',
    'products',
    '--rollout',
    '5,25,50,100',
    ...why,
  );
  const stop = new AbortController();
  const reading = readProducts(proxy.url, Number(process.env.RATE ?? 60), stop.signal);
  const route = await until(async () => {
    const listed = (await proxy.verb('route', 'list', '--json')).trim().split('\n');
    const found = listed.map((line) => JSON.parse(line)).find((one) => one.name === name);
    process.stderr.write(
      `\r${found.stage ?? found.status}: ${found.waitsFor ?? ''}`.padEnd(100).slice(0, 100),
    );
    return found.stage === 'moved' || found.status === 'rolled-back' ? found : undefined;
  }, 900_000);
  process.stderr.write('\n');
  // Some more of it once everything is moved.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  stop.abort();
  const { asked, wrong } = await reading;
  console.log(await proxy.verb('route', 'history', name));
  console.log(await proxy.verb('diff', 'list'));
  check(
    `vendure product reads moved, ${asked} reads`,
    route.stage === 'moved',
    JSON.stringify(route.lastChange),
  );
  check(`no reader saw an error`, wrong.length === 0, wrong.join('; '));
  check(
    `${route.traffic.compared} replies compared without a difference`,
    route.traffic.different === 0,
    JSON.stringify(route.traffic),
  );
}

/** What a survey says of a database is what the server itself has noted. */
async function surveyTellsTheTruth(name: 'vendure' | 'unleash', at: EmbeddedServer): Promise<void> {
  const { written, transactions, joined } = await surveyAndServer(name, at, home, {
    SEED: seed,
    USERS: '4',
    OPS: ops,
  });
  const differing = [...written.server].filter(([tables, times]) => written.survey.get(tables) !== times);
  check(
    `${name}: ${transactions.survey} transactions and the ${written.server.size} largest of ${written.survey.size} sets of tables written together, as the log of changes has them`,
    transactions.survey === transactions.server && differing.length === 0,
    JSON.stringify({ transactions, differing, survey: Object.fromEntries(written.survey) }),
  );
  const sum = (sets: ReadonlyMap<string, number>) =>
    [...sets.values()].reduce((total, times) => total + times, 0);
  const apart = [...new Set([...joined.server.keys(), ...joined.survey.keys()])].flatMap((tables) => {
    const [ours, theirs] = [joined.survey.get(tables) ?? 0, joined.server.get(tables) ?? 0];
    return ours === theirs ? [] : [{ tables, ours, theirs }];
  });
  check(
    `${name}: ${joined.survey.size} sets of tables in ${sum(joined.survey)} statements of several tables, as the log of statements has them (${joined.server.size} in ${sum(joined.server)})`,
    apart.length === 0,
    JSON.stringify(apart, undefined, 1),
  );
}

async function sameWorkload(name: 'vendure' | 'unleash', direct: string, through: string): Promise<void> {
  const settings = { SEED: seed, USERS: '4', OPS: ops };
  const bare = await runWorkload(name, direct, settings);
  const proxied = await runWorkload(name, through, settings);
  console.log(`${name} bare:          ${figuresOf(bare)}\n${name} through proxy: ${figuresOf(proxied)}`);
  const same =
    bare.ok === proxied.ok && bare.errors.wrong === proxied.errors.wrong && proxied.errors.unknown === 0;
  check(
    `${name}: the workload through the proxy has the same results`,
    same,
    JSON.stringify([bare.failed, proxied]),
  );
}

function figuresOf(one: WorkloadReport): string {
  const { read, write } = one.latency_ms;
  const { refused, wrong, unknown } = one.errors;
  return `${one.checks} invariants, ${one.failed.length} broken, refused ${refused}, wrong ${wrong}, unknown ${unknown}; reads ${read?.n} p50 ${read?.p50} ms, writes ${write?.n} p50 ${write?.p50} ms`;
}

async function copyDatabase(at: EmbeddedServer, from: string, to: string): Promise<void> {
  const { connect } = await import('@banyan/postgres');
  const pool = connect(at.url('postgres'), { max: 1, applicationName: 'monoliths' });
  try {
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [from]);
    await pool.query(`create database ${to} template ${from}`);
  } finally {
    await pool.end();
  }
}

async function until<T>(look: () => Promise<T | undefined>, withinMs: number): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  throw new Error(`Waited ${withinMs / 1000} s in vain for the rollout to end`);
}

function check(what: string, holds: boolean, detail: string): void {
  console.log(`${holds ? '✓' : '✗'} ${what}`);
  if (!holds) failures.push(`${what}: ${detail}`);
}
