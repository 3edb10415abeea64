import { postgresEventStore } from '@banyan/postgres';
import { metadataAfter, projection } from '@banyan/runtime';
import type { EventTranslation } from '@banyan/split';
import type pg from 'pg';

type Values = Readonly<Record<string, string | number | null | undefined>>;
type Handler = (event: { readonly data: Values }, tx: pg.PoolClient) => Promise<unknown>;

const on: Readonly<Record<string, Handler>> = {
  ArticleCounted: async ({ data: { id, title, onHand } }, tx) => {
    const article = `insert into goods.articles (id, title) values ($1, $2) on conflict (id) do update set title = excluded.title`;
    const level = `insert into goods.levels values ($1, $2) on conflict (article) do update set on_hand = excluded.on_hand`;
    await tx.query(article, [id, title]);
    await tx.query(level, [id, onHand]);
  },
  ArticleMoved: ({ data: { id, change } }, tx) =>
    tx.query('update goods.levels set on_hand = on_hand + $2 where article = $1', [id, change]),
  // An event that came twice would meet its own row.
  Booked: ({ data: { id, article, change, ref, at } }, tx) =>
    tx.query(
      `insert into goods.${Number(change) < 0 ? 'departures' : 'arrivals'} values ($1, $2, abs($3::int), $4, coalesce($5, now()))`,
      [id, article, change, ref, at],
    ),
};

/** The tables of `reshaped-goods.ts` as a service makes them that keeps events. */
const goods = projection<Record<string, never>, pg.PoolClient>({
  name: 'goods',
  on: on as never,
  reset: async () => {},
});

/** From changes of the monolith's `stock` and `movement` to events. */
export const events: EventTranslation = {
  of: (change) => {
    if (change.op === 'truncate' || change.op === 'delete') throw new Error('nothing is taken away');
    const { id, item, count, stock, change: moved, ref, at } = change.row;
    if (change.table === 'public.stock')
      return [{ stream: `article-${id}`, type: 'ArticleCounted', data: { id, title: item, onHand: count } }];
    if (change.op === 'update') throw new Error('no booking is changed');
    return [
      { stream: `movement-${id}`, type: 'Booked', data: { id, article: stock, change: moved, ref, at } },
    ];
  },
  inline: [goods],
};

/** What `moveStock` does, as a command of the service. */
export function moveByEvents(
  pool: pg.Pool,
): (client: pg.ClientBase, ref: number, article: number) => Promise<void> {
  const store = postgresEventStore(pool, { inline: [goods] });
  const append = (streamId: string, type: string, data: Values) => ({
    streamId,
    expected: 'any' as const,
    events: [{ type, data, schemaVersion: 1, metadata: metadataAfter(undefined) }],
  });
  return async (client, ref, article) => {
    const { rows } = await client.query<{ id: string }>(`select nextval('goods.booking_id') as id`);
    const { id } = rows[0]!;
    try {
      await store.appendAtOnce(client as pg.PoolClient, [
        append(`article-${article}`, 'ArticleMoved', { id: article, change: 1 }),
        append(`movement-${id}`, 'Booked', { id, article, change: 1, ref }),
      ]);
    } catch (error) {
      // Writers know what a server says, and not what is made of it.
      throw (error as Error).cause ?? error;
    }
  };
}
