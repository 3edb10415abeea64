import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningShop, runShop, startServer } from './testing/running-shop.ts';

let shop: RunningShop;
beforeAll(async () => {
  shop = await runShop(await testDatabase());
});
afterAll(() => shop?.[Symbol.asyncDispose]());

async function page(path: string, cookie = '') {
  const response = await fetch(new URL(path, shop.url), { headers: { cookie }, redirect: 'manual' });
  return { status: response.status, html: await response.text() };
}

async function submit(path: string, form: Record<string, string>, cookie = '') {
  const response = await fetch(new URL(path, shop.url), {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  const [sid = cookie] = response.headers.getSetCookie().map((header) => header.split(';')[0]!);
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    cookie: sid,
    html: await response.text(),
  };
}

test.each([
  '/',
  '/?genre=jazz&sort=price',
  '/search?q=the',
  '/items/1',
  '/basket',
  '/account/1',
  '/orders/1',
  '/reports/finance',
])('%s is a whole page', async (path) => {
  const { status, html } = await page(path);
  expect(status).toBe(200);
  expect(html.trimEnd().endsWith('</html>')).toBe(true);
});

test('the pages have their style', async () => {
  const response = await fetch(new URL('/style.css', shop.url));
  expect(response.headers.get('content-type')).toContain('text/css');
  expect(await response.text()).toContain('prefers-color-scheme: dark');
});

test('what people write is shown and never run', async () => {
  const title = '<script>alert("x")</script> & Sons';
  const { body } = await shop.call('POST', '/api/items', {
    title,
    artistId: 1,
    genre: 'jazz',
    format: 'cd',
    price: '9.99',
    description: title,
    releasedOn: '2026-01-31',
  });
  for (const path of [`/items/${body.id}`, `/search?q=${encodeURIComponent(title)}`]) {
    const { html } = await page(path);
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; Sons');
    expect(html).not.toContain('<script');
  }
});

test('a basket becomes an order once, and the order can be sent back', async () => {
  const [[itemId] = []] = await shop.rows('select id from items where stock > 3 order by id limit 1');
  const added = await submit('/basket', { itemId: String(itemId), quantity: '2' });
  expect(added).toMatchObject({ status: 303, location: '/basket' });
  const checkout = await page('/checkout', added.cookie);
  const requestId = /name="requestId" value="([^"]+)"/.exec(checkout.html)?.[1] ?? '';

  const placed = await submit('/checkout', { requestId, customerId: '7', deliveryAddress: '' }, added.cookie);
  expect(placed.location).toMatch(/^\/orders\/\d+$/);
  expect((await page('/basket', added.cookie)).html).toContain('It is empty');
  await submit(`${placed.location}/return`, {});
  expect((await page(placed.location)).html).toContain('Returned');
  expect(await shop.broken()).toEqual([]);
});

test('a checkout that is refused says why and keeps the basket', async () => {
  const [[itemId] = []] = await shop.rows(
    'select id from items where stock between 1 and 90 order by id limit 1',
  );
  const { cookie } = await submit('/basket', { itemId: String(itemId), quantity: '99' });
  const refused = await submit('/checkout', { requestId: 'too-many', customerId: '7' }, cookie);
  expect(refused.status).toBe(409);
  expect(refused.html).toContain('are in stock');
  expect((await page('/basket', cookie)).html).not.toContain('It is empty');
});

test('a server whose port is taken says so and ends', async () => {
  const server = startServer(shop.databaseUrl, new URL(shop.url).port);
  expect(await server.ended).toEqual({ code: 1, stderr: expect.stringContaining('cannot listen on') });
});

test('a server that is asked to stop ends by itself', async () => {
  const server = startServer(shop.databaseUrl);
  const url = (await server.firstLine).replace('musiccorp listening on ', '');
  expect(await (await fetch(new URL('/health', url))).json()).toEqual({ ok: true });
  server.child.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, stderr: '' });
});
