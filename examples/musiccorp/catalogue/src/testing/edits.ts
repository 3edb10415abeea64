import fc from 'fast-check';
import type { Shop } from './shop.ts';

/** Something that changes the monolith's rows. */
export interface Edit {
  readonly about: string;
  make(shop: Shop): Promise<void>;
}

const item = fc.integer({ min: 1, max: 200 });
const artist = fc.integer({ min: 1, max: 30 });
const title = fc.oneof(
  fc.constantFrom(
    'Über 100% Vinyl',
    'Snake_case \\ Blues',
    "Rock 'n' Roll",
    'İstanbul ß',
    '🎷 Nights',
    'zebra',
  ),
  fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== ''),
);
const price = fc.integer({ min: 1, max: 999_999 }).map((cents) => (cents / 100).toFixed(2));
// A text of more than 2 kB that cannot be compressed is kept apart and is not sent again unless it changes.
const apart = Array.from({ length: 300 }, () => crypto.randomUUID()).join(' ');
const description = fc.constantFrom('Short.', 'Noise and '.repeat(900), apart);

const send = (
  method: string,
  path: (id: number) => string,
  body: (values: { title: string; price: string }) => object,
) =>
  fc.record({ id: item, title, price }).map(({ id, ...values }) => ({
    about: `${method} ${path(id)}`,
    make: async ({ url }: Shop) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url + path(id), { method, headers, body: JSON.stringify(body(values)) });
      await response.body?.cancel();
      if (response.status >= 500) throw new Error(`${method} ${path(id)}: ${response.status}`);
    },
  }));

const sql = (text: string, ...values: fc.Arbitrary<string | number>[]): fc.Arbitrary<Edit> =>
  fc.tuple(...values).map((given) => ({
    about: text,
    make: async ({ pool }) => {
      await pool.query(text, given);
    },
  }));

/** What editors, customers, the nightly job and people with psql do to the rows that the catalogue reads. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  send(
    'PATCH',
    (id) => `/api/items/${id}`,
    (values) => values,
  ),
  send(
    'PATCH',
    (id) => `/api/items/${id}`,
    (values) => ({ price: values.price }),
  ),
  send(
    'DELETE',
    (id) => `/api/items/${id}`,
    () => ({}),
  ),
  send(
    'POST',
    () => '/api/items',
    (values) => ({
      ...values,
      artistId: 3,
      genre: 'jazz',
      format: 'cd',
      description: 'New.',
      releasedOn: '2026-02-28',
      stock: 3,
    }),
  ),
  send(
    'POST',
    () => '/api/orders',
    () => ({ customerId: 1, lines: [{ itemId: 5, quantity: 1 }], requestId: crypto.randomUUID() }),
  ),
  sql('update items set description = $2 where id = $1', item, description),
  sql('update items set withdrawn_at = null where id = $1', item),
  sql(
    'update items set sold_last_30_days = $2::integer, stock = $2::integer % 3 where id % 7 = $1::integer % 7',
    item,
    fc.nat(50),
  ),
  sql('update artists set name = $2 where id = $1', artist, title),
  sql("insert into genres (slug, name) values ('g-' || gen_random_uuid(), $1)", title),
  sql(
    "delete from genres where slug like 'g-%' and id % 3 = $1::integer % 3 and not exists (select from items i where i.genre_id = genres.id)",
    item,
  ),
  sql('update items set genre_id = (select max(id) from genres) where id = $1', item),
);
