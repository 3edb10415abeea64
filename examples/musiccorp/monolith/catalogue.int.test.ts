import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, type RunningShop, runShop } from './testing/running-shop.ts';

let shop: RunningShop;
beforeAll(async () => {
  shop = await runShop(await testDatabase());
});
afterAll(() => shop?.[Symbol.asyncDispose]());

const get = (path: string) => shop.call('GET', path);
const ids = (items: Json[]) => items.map(({ id }) => id);

async function addItem(title: string): Promise<Json> {
  const item = {
    title,
    artistId: 3,
    genre: 'jazz',
    format: 'cd',
    price: '9.99',
    description: 'x',
    releasedOn: '2026-01-31',
  };
  return (await shop.call('POST', '/api/items', item)).body;
}

test.each(['title', 'price', '-price', 'newest', 'bestselling'])(
  'pages by %s hold every item once',
  async (sort) => {
    const pages: Json[] = [];
    for (let page = 1; pages.at(-1)?.items.length !== 0; page += 1)
      pages.push((await get(`/api/items?sort=${sort}&page=${page}`)).body);
    const seen = pages.flatMap(({ items }) => ids(items));
    const [[count] = []] = await shop.rows('select count(*)::integer from items where withdrawn_at is null');
    expect(new Set(seen).size).toBe(count);
    expect([seen.length, pages[0].total]).toEqual([count, count]);
  },
);

test('the counts of the genres are the totals of their lists', async () => {
  const { genres } = (await get('/api/genres')).body;
  expect(genres.length).toBe(24);
  for (const { slug, items } of genres.slice(0, 5))
    expect((await get(`/api/items?genre=${slug}`)).body.total).toBe(items);
});

test("an item's keys, prices, dates and times have the shapes that API.md gives", async () => {
  const { status, body } = await get('/api/items/1');
  expect(status).toBe(200);
  expect(Object.keys(body).join()).toBe(
    'id,title,artist,genre,format,price,releasedOn,inStock,description,createdAt,updatedAt',
  );
  expect(body.price).toMatch(/^\d+\.\d\d$/);
  expect(body.releasedOn).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(new Date(body.updatedAt).toISOString()).toBe(body.updatedAt);
});

test('an item that is withdrawn is in no list, no count and no search', async () => {
  const item = await addItem('Withdrawn Wombats');
  const before = (await get('/api/items?genre=jazz')).body.total;
  expect(ids((await get('/api/search?q=wombats')).body.items)).toEqual([item.id]);
  expect((await shop.call('DELETE', `/api/items/${item.id}`)).status).toBe(204);
  expect((await get('/api/search?q=wombats')).body).toEqual({ q: 'wombats', total: 0, items: [] });
  expect((await get('/api/items?genre=jazz')).body.total).toBe(before - 1);
  expect(ids((await get('/api/artists/3')).body.items)).not.toContain(item.id);
  const gone = { status: 404, body: { error: `item ${item.id} not found` } };
  expect(await get(`/api/items/${item.id}`)).toEqual(gone);
  expect(await shop.call('PATCH', `/api/items/${item.id}`, { price: '1.00' })).toEqual(gone);
  expect(await shop.call('DELETE', `/api/items/${item.id}`)).toEqual(gone);
});

test('an edit changes what it names, and the time of the edit', async () => {
  const item = await addItem('Before');
  const { body } = await shop.call('PATCH', `/api/items/${item.id}`, { title: ' After ' });
  expect(body).toEqual({ ...item, title: 'After', updatedAt: body.updatedAt });
  expect(body.updatedAt > item.updatedAt).toBe(true);
});

test('a search takes every word, whatever its case, and no wildcards', async () => {
  const item = await addItem('100% Größe_x');
  for (const q of ['größe', '100%', 'GRÖ', '_x  100%'])
    expect(ids((await get(`/api/search?${new URLSearchParams({ q })}`)).body.items)).toContain(item.id);
  for (const q of ['größe absent', '1_0', '%%%', '\\'])
    expect((await get(`/api/search?${new URLSearchParams({ q })}`)).body.items).toEqual([]);
});

test.each([
  ['/api/items?page=0', 400, 'page must be a whole number from 1 to 1000'],
  ['/api/items?page=1001', 400, 'page must be a whole number from 1 to 1000'],
  ['/api/items?artist=x', 400, 'artist must be a whole number from 1 to 2147483647'],
  ['/api/items?sort=id', 400, 'sort must be one of title, price, -price, newest, bestselling'],
  ['/api/items?genre=a&genre=b', 400, 'genre must be given once'],
  ['/api/items/01', 400, 'id must be a whole number from 1 to 2147483647'],
  ['/api/items/2147483648', 400, 'id must be a whole number from 1 to 2147483647'],
  ['/api/items/2147483647', 404, 'item 2147483647 not found'],
  ['/api/artists/999999', 404, 'artist 999999 not found'],
  ['/api/search', 400, 'q must be 1 to 100 characters'],
  ['/api/search?q=+', 400, 'q must be 1 to 100 characters'],
  ['/api/nothing', 404, 'not found'],
])('GET %s is answered with %i and a sentence', async (path, status, error) => {
  expect(await get(path)).toEqual({ status, body: { error } });
});
