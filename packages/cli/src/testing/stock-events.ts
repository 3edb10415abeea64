import { postgresEventStore, rowProjection, rows } from '@banyan/postgres';
import { metadataAfter, type RowTranslator, reshape, type Schemas } from '@banyan/runtime';
import type { EventTranslation } from '@banyan/split';
import type pg from 'pg';

/** What a service that keeps events makes of the monolith's `stock`: a stream for each article, and its level as a read model. */
export const levelsSchema =
  'create table levels (id int primary key, item text, on_hand int not null default 0, revision int not null default 0)';

/** The tables of the service. */
export const into = ['public.levels'];

/** The service's own projection, as its commands take it along too. */
const levels = rowProjection<Schemas>({
  name: 'levels',
  tables: ['levels'],
  on: {
    StockCounted: ({ data }) => {
      const { id, item, onHand, revision } = data as Record<string, string>;
      return rows.upsert('levels', { id }, { item, on_hand: onHand, revision });
    },
    StockSold: ({ data }) => {
      const { id, amount } = data as { id: string; amount: number };
      return rows.add('levels', { id }, { on_hand: -amount, revision: 1 });
    },
    StockDropped: ({ data }) => rows.remove('levels', { id: (data as { id: string }).id }),
  },
});

/** From changes of the monolith's rows to events. */
export const events: EventTranslation = {
  of: (change) => {
    if (change.op === 'truncate') throw new Error('nobody drops the whole stock');
    const { id, item, count, revision } = change.op === 'delete' ? change.old : change.row;
    const stream = `stock-${id}`;
    if (change.op === 'delete') return [{ stream, type: 'StockDropped', data: { id } }];
    return [{ stream, type: 'StockCounted', data: { id, item, onHand: count, revision } }];
  },
  inline: [levels],
};

/** What the rows must come to. */
export const forth: RowTranslator = reshape({
  'public.stock': {
    into: { 'public.levels': { by: { id: 'id' } } },
    rows: ({ id, item, count, revision }) => [
      { table: 'public.levels', key: { id }, row: { item, on_hand: count, revision } },
    ],
  },
});

/** From the service's rows to the monolith's. */
export const back: RowTranslator = reshape({
  'public.levels': {
    into: { 'public.stock': { by: { id: 'id' } } },
    rows: ({ id, item, on_hand, revision }) => [
      { table: 'public.stock', key: { id }, row: { item, count: on_hand, revision } },
    ],
  },
});

/** A command of the service. */
export async function sell(pool: pg.Pool, id: number, amount: number): Promise<void> {
  const sold = {
    type: 'StockSold',
    data: { id, amount },
    schemaVersion: 1,
    metadata: metadataAfter(undefined),
  };
  const store = postgresEventStore(pool, { inline: events.inline });
  await store.append([{ streamId: `stock-${id}`, expected: 'present', events: [sold] }]);
}
