import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CatalogueUnderTest, catalogueUnderTest } from '../testing/catalogue-under-test.ts';
import { mostItems } from './curated-list.ts';
import { listsProjection, projectLists } from './projection.ts';

let catalogue: CatalogueUnderTest;

beforeAll(async () => {
  // The lists need nothing of the monolith, so there is none.
  catalogue = await catalogueUnderTest('postgres://nobody@127.0.0.1:1/none');
  await catalogue.start();
});

afterAll(() => catalogue?.[Symbol.asyncDispose]());

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return fetch(catalogue.url() + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function query(path: string, after: Response) {
  return queryAt(path, after.headers.get('banyan-position')!);
}

/** A query that waited in vain is answered with 503, and is to be sent again. */
function queryAt(path: string, position: string): Promise<unknown> {
  const ask = async () => {
    const reply = await send('GET', path, undefined, { 'banyan-wait-for': position });
    if (reply.status === 503) throw new Error(await reply.text());
    return reply.json();
  };
  return vi.waitFor(ask, { timeout: 30_000 });
}

async function newList(title = 'Picks') {
  const response = await send('POST', '/lists', { title });
  expect(response.status).toBe(201);
  return `/lists/${((await response.json()) as { id: string }).id}`;
}

describe('a list over HTTP', () => {
  test('is found by the query that waits for the command’s position', async () => {
    const created = await send('POST', '/lists', { title: ' Rainy days ' });
    expect(created.status).toBe(201);
    const list = created.headers.get('location')!;
    const head = { title: 'Rainy days', items: 0 };
    expect(await query('/lists', created)).toMatchObject({ lists: [head] });
    const added = await send('POST', `${list}/items`, { itemId: 7, note: 'Loud.' });
    expect(added.status).toBe(200);
    expect(await query(list, added)).toMatchObject({
      title: 'Rainy days',
      items: [{ itemId: 7, note: 'Loud.', item: null }],
    });
    expect(await query('/lists', added)).toMatchObject({ lists: [{ ...head, items: 1 }] });
    const removed = await send('DELETE', `${list}/items/7`);
    expect(removed.status).toBe(200);
    expect(await query(list, removed)).toMatchObject({ items: [] });
  });

  test('keeps the order in which items were put on it', async () => {
    const list = await newList();
    for (const itemId of [5, 9, 2]) await send('POST', `${list}/items`, { itemId });
    await send('DELETE', `${list}/items/5`);
    const last = await send('POST', `${list}/items`, { itemId: 5 });
    const { items } = (await query(list, last)) as { items: { itemId: number }[] };
    expect(items.map(({ itemId }) => itemId)).toEqual([9, 2, 5]);
  });

  test('shows an item as the catalogue does while it does', async () => {
    const list = await newList();
    await catalogue.pool.query(`insert into catalogue.artists values (4, 'The Glass Foxes', 'GB', 1998)`);
    await catalogue.pool.query(`insert into catalogue.genres values (3, 'jazz', 'Jazz')`);
    await catalogue.pool.query(`insert into catalogue.items values
      (17, 'Silver Harbour', 4, 3, 'vinyl', 1999, '', '2024-05-17', now(), now(), false, true, 0)`);
    const added = await send('POST', `${list}/items`, { itemId: 17 });
    const item = { id: 17, title: 'Silver Harbour', price: '19.99', inStock: true };
    expect(await query(list, added)).toMatchObject({ items: [{ itemId: 17, item }] });
    await catalogue.pool.query('update catalogue.items set withdrawn = true');
    expect(await query(list, added)).toMatchObject({ items: [{ itemId: 17, item: null }] });
  });

  test('is created once for one idempotency key', async () => {
    const key = { 'idempotency-key': 'once' };
    const replies = await Promise.all([1, 2, 3].map(() => send('POST', '/lists', { title: 'Once' }, key)));
    const bodies = await Promise.all(replies.map((reply) => reply.json()));
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
    const { lists } = (await query('/lists', replies[0]!)) as { lists: { title: string }[] };
    expect(lists.filter(({ title }) => title === 'Once')).toHaveLength(1);
  });

  test('takes commands at once and lets none of them break a rule', async () => {
    const list = await newList();
    const add = (itemId: number) => send('POST', `${list}/items`, { itemId });
    const ids = Array.from({ length: mostItems + 10 }, (_, index) => (index % 55) + 1);
    const replies = await Promise.all(ids.map(add));
    const added = replies.filter(({ status }) => status === 200);
    expect(added).toHaveLength(mostItems);
    expect(replies.filter(({ status }) => status === 422)).toHaveLength(10);
    const position = (reply: Response) => Number(reply.headers.get('banyan-position'));
    const last = added.reduce((one, other) => (position(one) > position(other) ? one : other));
    const { items } = (await query(list, last)) as { items: { itemId: number }[] };
    expect(new Set(items.map(({ itemId }) => itemId)).size).toBe(mostItems);
  });
});

describe('bad input', () => {
  test.each([
    ['POST', '', {}, 400, 'invalid-command'],
    ['POST', '', { title: ' ' }, 400, 'invalid-command'],
    ['POST', '', { title: 'a\0b' }, 400, 'invalid-command'],
    ['POST', '', { title: '\ud800' }, 400, 'invalid-command'],
    ['POST', '/LIST/items', { itemId: 0 }, 400, 'invalid-command'],
    ['POST', '/LIST/items', { itemId: 1, note: 5 }, 400, 'invalid-command'],
    ['POST', '/LIST/items', 'itemId', 400, 'invalid-command'],
    ['DELETE', '/LIST/items/x', undefined, 400, 'item-id'],
    ['DELETE', '/LIST/items/9999999999', undefined, 400, 'invalid-command'],
    ['DELETE', '/LIST/items/1', undefined, 404, 'item-not-on-list'],
    ['POST', '/00000000-0000-4000-8000-000000000000/items', { itemId: 1 }, 404, 'no-such-list'],
    ['GET', '/00000000-0000-4000-8000-000000000000', undefined, 404, 'no-such-list'],
    ['GET', '/1', undefined, 404, 'no-such-list'],
    ['GET', '/%00', undefined, 404, 'no-such-list'],
    ['POST', '/1/items', { itemId: 1 }, 404, 'no-such-list'],
    ['PUT', '/LIST', {}, 404, 'no-such-route'],
  ])('%s /lists%s %j is answered with %i %s', async (method, path, body, status, code) => {
    const list = await newList();
    const reply = await send(
      method,
      path.includes('LIST') ? path.replace('/LIST', list) : `/lists${path}`,
      body,
    );
    expect(await reply.json()).toMatchObject({ status, code });
    expect(reply.status).toBe(status);
  });
});

test('a query that waits for a stopped projection is answered in time, and the projection goes on where it was', async () => {
  const list = await newList('Behind');
  await catalogue.checkpoints.control(listsProjection, { desired: 'stopped' });
  const added = await send('POST', `${list}/items`, { itemId: 1 });
  expect(added.status).toBe(200);
  const headers = { 'banyan-wait-for': added.headers.get('banyan-position')! };
  const early = await send('GET', list, undefined, headers);
  expect(early.status).toBe(503);
  expect(await early.json()).toMatchObject({ code: 'projection-behind' });
  await catalogue.checkpoints.control(listsProjection, { desired: 'running' });
  expect(await query(list, added)).toMatchObject({ items: [{ itemId: 1 }] });
});

test('the projection can be made anew from the events', async () => {
  const before = await (await send('GET', '/lists')).json();
  const { position } = await catalogue.checkpoints.load(listsProjection);
  await catalogue.checkpoints.control(listsProjection, { desired: 'stopped' });
  await catalogue.checkpoints.reset(listsProjection, projectLists.reset);
  expect(await (await send('GET', '/lists')).json()).toEqual({ lists: [] });
  await catalogue.checkpoints.control(listsProjection, { desired: 'running' });
  expect(await queryAt('/lists', String(position))).toEqual(before);
});
