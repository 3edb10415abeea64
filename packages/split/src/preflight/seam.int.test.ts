import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SeamChoices } from '../seam/choices.ts';
import { withPool } from './facts/session.ts';
import { type TwoDatabases, twoDatabases } from './fixtures/databases.fixture.ts';
import {
  shopAnswers,
  shopAtSource,
  shopAtTarget,
  shopObserved,
  shopTables,
} from './fixtures/seam.fixture.ts';
import { preflight } from './preflight.ts';
import { readOpenAnswers } from './read-open-answers.ts';

describe('what crosses the seam', () => {
  let both: TwoDatabases;
  const told = async (seam: SeamChoices, observed = {}) => {
    const plan = { name: 'stock', service: 'warehouse', tables: shopTables, seam };
    return (await preflight(both.source.url, both.target.url, plan, observed)).filter(
      ({ severity, kind }) => severity !== 'note' && !['slot-unread', 'longer-pause'].includes(kind),
    );
  };
  const lines = async (seam: SeamChoices, observed = {}) =>
    (await told(seam, observed)).map(({ severity, kind, object }) => `${severity} ${kind} ${object}`);

  beforeAll(async () => {
    both = await twoDatabases(shopAtSource, shopAtTarget);
  });
  afterAll(() => both?.[Symbol.asyncDispose]());

  test('is named piece by piece, each with the answers that there are', async () => {
    expect(await lines({}, shopObserved)).toEqual([
      'error foreign-key public.order_lines.order_lines_stock_id_fkey',
      'error foreign-key public.stock.stock_item_id_fkey',
      'error function public.restock(integer)',
      'error join public.items',
      'error shared-table public.countries',
      'error transaction public.order_lines',
      'error trigger public.stock.told',
      'error trigger-reaches-across public.order_lines.reserved',
      'error trigger-reaches-across public.stock.noted',
      'error view public.available',
      'error view public.levels',
      'error view public.shown',
      'warning notify public.tell()',
      'warning written-in-parts public.stock',
    ]);
    for (const { severity, remedy } of await told({}, shopObserved))
      if (severity === 'error') expect(remedy).toMatch(/^Answer in the configuration: seam: \{ \w+: \{ '/);
  });

  test('is no error any more when it is answered, as far as the answer was carried out', async () => {
    expect(await lines(shopAnswers, shopObserved)).toEqual([
      'error trigger-not-carried public.stock.told',
      'warning bridge-missing public.available',
      'warning copy-missing public.countries',
      'warning copy-missing public.items',
      'warning notify public.tell()',
    ]);
  });

  test('is asked for again where a copy of a shared table is not wanted', async () => {
    const found = await lines(
      { ...shopAnswers, sharedTables: { 'public.countries': 'leave' } },
      shopObserved,
    );
    expect(found).toContain('error foreign-key public.warehouses.warehouses_country_fkey');
  });

  test('is asked for again where what waits for the other side can not be counted', async () => {
    const watched = (open: string) =>
      lines({ ...shopAnswers, transactions: { 'public.order_lines': { saga: { open } } } }, shopObserved);
    expect(await watched('lost_at is null')).toContain('error saga-not-countable public.order_lines');
    expect(await watched('gone_at is null')).toEqual(await lines(shopAnswers, shopObserved));
  });

  test('is told of as unknown where nobody has looked', async () => {
    const found = await told(shopAnswers);
    const unknown = found.filter(({ kind }) => kind.endsWith('-unknown'));
    expect(unknown.map(({ remedy }) => remedy)).toEqual([
      'Run banyan split plan, which reads pg_stat_statements.',
      'Watch it while the monolith works: banyan split plan stock --watch 5m',
    ]);
  });

  test('is named by its answers, or they are told of', async () => {
    const plan = { name: 'stock', service: 'warehouse', tables: shopTables };
    const namesNothing = async (seam: SeamChoices) =>
      (await preflight(both.source.url, both.target.url, { ...plan, seam }))
        .filter(({ kind }) => kind === 'answer-for-nothing')
        .map(({ message }) => message.split(': ')[1]);
    expect(await namesNothing(shopAnswers)).toEqual([]);
    const misspelt = { views: { 'public.levls': 'drop' }, joins: { 'public.item': 'api' } } as const;
    expect(await namesNothing({ ...shopAnswers, ...misspelt })).toEqual([
      'public.item (joins), public.levls (views).',
    ]);
  });

  test('must have the column in which orphans are to be marked', async () => {
    const foreignKeys = {
      ...shopAnswers.foreignKeys,
      'public.stock.stock_item_id_fkey': { orphans: 'mark', column: 'gone_at' },
    } as const;
    const [first] = await told({ ...shopAnswers, foreignKeys }, shopObserved);
    expect(first).toMatchObject({
      kind: 'mark-column-missing',
      remedy: 'Run on both sides: alter table "public"."stock" add column "gone_at" timestamptz;',
    });
  });

  test('is watched where its answer is that it is replaced, for as long as it is there', async () => {
    const seam = { ...shopAnswers, functions: { 'public.restock(integer)': 'drop' } } as const;
    const plan = { name: 'stock', service: 'warehouse', tables: shopTables, seam };
    await withPool(both.source.url, async (pool) => {
      const open = async () =>
        (await readOpenAnswers(pool, plan, async () => ({}))).map(
          ({ kind, name, answer, tables }) => `${kind} ${name} ${answer} ${tables.join('+')}`,
        );
      expect(await open()).toEqual([
        'triggers public.order_lines.reserved convert public.stock',
        'views public.levels rewrite public.stock',
        'functions public.restock(integer) drop public.stock',
      ]);
      await pool.query('drop trigger reserved on order_lines; drop materialized view levels');
      expect(await open()).toEqual(['functions public.restock(integer) drop public.stock']);
    });
  });
});
