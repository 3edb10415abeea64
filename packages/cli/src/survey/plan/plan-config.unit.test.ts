import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Survey } from '@banyan/survey';
import { expect, test } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { planConfig } from './plan-config.ts';

const endpoint = (name: string, kind: 'http' | 'job' = 'http') => ({
  kind,
  name,
  module: 'm',
  member: undefined,
  evidence: [],
});

const hostile = `it's "one"\n*/ process.exit(1) //\u2028`;

function surveyed(
  endpoints: Survey['graph']['endpoints'],
  tables: readonly string[],
  name = 'catalogue',
): Survey {
  return {
    proposal: { contexts: [{ name, modules: ['m'], tables, words: [] }], placements: [], shared: [] },
    knots: [
      {
        kind: 'join',
        says: hostile,
        contexts: [name],
        tables: [],
        modules: [],
        evidence: [],
        remedy: 'a read model',
      },
    ],
    candidates: [{ context: name, ease: 50, benefit: 20 }],
    graph: { endpoints, tables: [{ name: 'items', columns: ['isbn', 'title'] }] },
    database: {
      catalogue: { tables: [{ name: 'stock', schema: 'shop', primaryKey: ['item', 'place'], columns: [] }] },
    },
  } as unknown as Survey;
}

async function configOf(found: Survey, name = 'catalogue') {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-plan-'));
  try {
    const file = path.join(folder, 'banyan.config.ts');
    // Outside of the workspace there is no package to import from.
    const text = planConfig(found, name).replace(/^import .*$/gm, '');
    await writeFile(
      file,
      text.replace('export default defineConfig(', 'export default (').replace(': RowTranslator', ': any'),
    );
    return await loadConfig(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('reads and tables become a migration, writes stay, and what no route leads to is told', async () => {
  const endpoints = [
    endpoint('GET /api/items/{id:\\d+}'),
    endpoint('GET /api/items/:id/'),
    endpoint('GET /files/**'),
    endpoint('POST /api/items'),
    endpoint('QUERY items'),
    endpoint('GET /a*b'),
    endpoint('Nightly.run', 'job'),
  ];
  const found = surveyed(endpoints, ['items', 'stock', 'old.prices']);
  const config = await configOf(found);
  const { tables, into, routes, translate } = config.migrations.catalogue!;
  expect(tables).toEqual(['public.items', 'shop.stock', 'old.prices']);
  expect(into).toEqual(tables);
  expect(routes.map(({ name, match }) => [name, match.path])).toEqual([
    ['api-items-id', '/api/items/:id'],
    ['api-items-id-2', '/api/items/:id/'],
    ['files', '/files/*'],
  ]);
  expect(config.routes).toEqual({
    'post-api-items': { match: { methods: ['POST'], path: '/api/items' }, candidate: 'catalogue' },
  });
  const text = planConfig(found, 'catalogue');
  for (const other of ['http QUERY items', 'http GET /a*b', 'job Nightly.run', 'a read model'])
    expect(text).toContain(other);
  expect(
    translate({ op: 'insert', table: 'shop.stock', row: { item: '1', place: 'a', amount: '2' } }),
  ).toEqual([{ op: 'upsert', table: 'shop.stock', key: { item: '1', place: 'a' }, row: { amount: '2' } }]);
  expect(
    translate({ op: 'update', table: 'public.items', row: { isbn: '2', title: 'x' }, old: { isbn: '1' } }),
  ).toEqual([
    { op: 'delete', table: 'public.items', key: { isbn: '1' } },
    { op: 'upsert', table: 'public.items', key: { isbn: '2' }, row: { title: 'x' } },
  ]);
  expect(translate({ op: 'delete', table: 'other.table', old: {} })).toEqual([]);
});

test('without state, or without reads, there are routes and no migration', async () => {
  const config = await configOf(surveyed([endpoint('GET /health')], []));
  expect(config.migrations).toEqual({});
  expect(Object.keys(config.routes ?? {})).toEqual(['health']);
  expect((await configOf(surveyed([], ['items']))).migrations).toEqual({});
});

test('names from the code can not become code', async () => {
  const found = surveyed([endpoint(`GET /it's/"x"`), endpoint('GET /a')], [hostile], hostile);
  const config = await configOf(found, hostile);
  expect(Object.values(config.migrations)[0]?.tables).toHaveLength(1);
});

test('a context that is not proposed is told with those that are', () => {
  expect(() => planConfig(surveyed([], []), 'billing')).toThrow(/"billing".*catalogue/);
});
