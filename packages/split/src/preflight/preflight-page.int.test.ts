import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '@banyan/postgres';
import { beforeAll, describe, expect, test } from 'vitest';
import { twoDatabases } from './fixtures/databases.fixture.ts';
import { knotsAtSource, knotsAtTarget, knottedTables } from './fixtures/knots.fixture.ts';
import { pageOf } from './fixtures/page.fixture.ts';
import { rareCases } from './fixtures/rare-cases.fixture.ts';
import {
  shopAnswers,
  shopAtSource,
  shopAtTarget,
  shopObserved,
  shopTables,
} from './fixtures/seam.fixture.ts';
import { unfitServer } from './fixtures/unfit-server.fixture.ts';
import { judge, preflight } from './preflight.ts';
import type { Problem } from './problem.ts';

const page = fileURLToPath(new URL('../../../../docs/split-preflight.md', import.meta.url));

let problems: Problem[];
let version: number;

beforeAll(async () => {
  problems = [];
  await using knots = await twoDatabases(knotsAtSource, knotsAtTarget);
  const { rows } = await knots.source.pool.query(
    `select current_setting('server_version_num')::int as version`,
  );
  version = rows[0].version;
  const tables = knottedTables.map((name) => ({ name }));
  problems.push(
    ...(await preflight(knots.source.url, knots.target.url, { name: 'knots', service: 'shop', tables })),
  );
  problems.push(...(await shopProblems()));
  problems.push(...(await unfitProblems(knots.target.url)));
  // Slots are the whole server's, and those of other tests come and go.
  problems = problems.filter(({ kind }) => kind !== 'slot-unread');
  problems.push(
    ...Object.entries(rareCases).flatMap(([kind, facts]) => judge(facts).filter((one) => one.kind === kind)),
  );
}, 180_000);

/** What crosses the seam, before and after it was answered. */
async function shopProblems(): Promise<Problem[]> {
  await using shop = await twoDatabases(shopAtSource, shopAtTarget);
  const listening = await shop.source.pool.connect();
  try {
    await listening.query(`set application_name = 'mailer'; listen stock`);
    await listening.query('listen stock');
    const marked = { 'public.stock.stock_item_id_fkey': { orphans: 'mark', column: 'gone_at' } } as const;
    const answered = { ...shopAnswers, foreignKeys: { ...shopAnswers.foreignKeys, ...marked } };
    const plan = { name: 'stock', service: 'warehouse', tables: shopTables };
    return [
      ...(await preflight(shop.source.url, shop.target.url, plan, shopObserved)),
      ...(await preflight(shop.source.url, shop.target.url, { ...plan, seam: answered }, shopObserved)),
    ];
  } finally {
    listening.release(true);
  }
}

/** What a server's settings and a role's rights forbid, on both sides. */
async function unfitProblems(fit: string): Promise<Problem[]> {
  await using server = await unfitServer();
  const plan = { name: 'shop', service: 'shop', tables: [{ name: 'public.secrets' }] };
  const admin = connect(server.adminUrl, { max: 1, applicationName: 'nightly' });
  try {
    await admin.query('begin; select 1');
    return [
      ...(await preflight(server.url, server.url, plan)),
      ...(await preflight(server.adminUrl, fit, plan)),
      ...(await preflight(fit, server.adminUrl, plan)),
    ];
  } finally {
    await admin.end();
  }
}

describe('the page of all problems', () => {
  test('has every kind that a rule can tell of', async () => {
    const kinds = new Set(problems.map(({ kind }) => kind));
    const missing = (await kindsInRules()).filter((kind) => !kinds.has(kind));
    // PostgreSQL 15 has no identity that PostgreSQL 18 refuses.
    expect(missing.filter((kind) => version >= 180_000 || kind !== 'generated-identity')).toEqual([]);
  });

  test('says what is said', async ({ skip }) => {
    if (version < 180_000) skip('The page shows the sentences for PostgreSQL 18.');
    const text = await readFile(page, 'utf8').catch(() => '');
    const expected = pageOf(problems);
    if (process.env.BANYAN_WRITE_PAGES === '1') return writeFile(page, expected);
    expect(text, 'Write it anew with BANYAN_WRITE_PAGES=1.').toBe(expected);
  });
});

/** Every kind that stands in the source of a rule, and every code of the change feed's preflight. */
async function kindsInRules(): Promise<readonly string[]> {
  const ours = await linesOf(['./rules/', './rules/seam/'], /\bkind: /);
  const feeds = await linesOf(
    ['../../../postgres/src/change-feed/'],
    /^\s*'[a-z]+(-[a-z]+)+',$/,
    /^preflight/,
  );
  const kinds = [...ours, ...feeds].flatMap((line) =>
    [...line.matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, kind]) => kind!),
  );
  return [...new Set(kinds)].filter((kind) => !impossible.has(kind) && kind !== 'error').sort();
}

async function linesOf(
  folders: readonly string[],
  lines: RegExp,
  files = /\.ts$/,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const directory = fileURLToPath(new URL(folder, import.meta.url));
    for (const file of (await readdir(directory)).filter((name) => name.endsWith('.ts') && files.test(name)))
      found.push(
        ...(await readFile(`${directory}${file}`, 'utf8')).split('\n').filter((line) => lines.test(line)),
      );
  }
  return found;
}

/** What a test can't bring about: it needs another database's slot of the same name, or a temporary table of its own session. */
const impossible = new Set(['slot-of-other-database', 'table-temporary', 'column-name']);
