import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningShop, runShop } from './testing/running-shop.ts';

let shop: RunningShop;
let itemId: number;
let requests = 0;

beforeAll(async () => {
  shop = await runShop(await testDatabase());
});
afterAll(() => shop?.[Symbol.asyncDispose]());

/** Every test sells an item of its own. */
beforeEach(async () => {
  itemId = await addItem(5);
});

async function addItem(stock: number): Promise<number> {
  const { body } = await shop.call('POST', '/api/items', {
    title: 'A Test',
    artistId: 1,
    genre: 'jazz',
    format: 'cd',
    price: '9.99',
    description: 'For a test.',
    releasedOn: '2026-01-31',
    stock,
  });
  return body.id;
}

const order = (quantity: number, more: object = {}) => {
  requests += 1;
  return shop.call('POST', '/api/orders', {
    requestId: `test-${requests}`,
    customerId: 7,
    lines: [{ itemId, quantity }],
    ...more,
  });
};

const stock = async () => (await shop.rows('select stock from items where id = $1', [itemId]))[0]?.[0];
const orders = async () => (await shop.rows('select count(*)::integer from orders'))[0]?.[0];

test('an order books the sale, instructs the pickers, takes the stock and notes the payment', async () => {
  const other = await addItem(1);
  const lines = [
    { itemId: other, quantity: 1 },
    { itemId, quantity: 2 },
  ];
  const { status, body } = await order(0, { lines, deliveryAddress: '1 New Road' });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    customerId: 7,
    total: '29.97',
    returnedAt: null,
    lines: [{ itemId }, { itemId: other }],
  });
  expect(await stock()).toBe(3);
  const [booked] = await shop.rows(
    `select count(*)::integer, sum(e.amount), bool_and(p.status = 'open') from order_lines l
     join ledger_entries e on e.order_line_id = l.id join picks p on p.order_line_id = l.id where l.order_id = $1`,
    [body.id],
  );
  expect(booked).toEqual([2, '29.97', true]);
  const customer = (await shop.call('GET', '/api/customers/7')).body;
  expect(customer).toMatchObject({ deliveryAddress: '1 New Road', lastPaymentAt: body.placedAt });
  expect(await shop.broken()).toEqual([]);
});

test('an order that is refused changes nothing', async () => {
  const empty = await addItem(0);
  const before = await orders();
  expect(await order(6)).toEqual({ status: 409, body: { error: `only 5 of item ${itemId} are in stock` } });
  const lines = [
    { itemId, quantity: 1 },
    { itemId: empty, quantity: 1 },
  ];
  expect(await order(0, { lines })).toEqual({
    status: 409,
    body: { error: `item ${empty} is out of stock` },
  });
  expect((await order(1, { customerId: 4_000_000 })).status).toBe(404);
  expect((await order(1, { lines: [{ itemId: 4_000_000, quantity: 1 }] })).status).toBe(404);
  expect([await stock(), await orders()]).toEqual([5, before]);
});

test.each([
  [{ requestId: '' }, 'requestId'],
  [{ customerId: '7' }, 'customerId'],
  [{ lines: [] }, 'lines'],
  [{ lines: [{ itemId: 1, quantity: 0 }] }, 'quantity'],
  [
    {
      lines: [
        { itemId: 1, quantity: 1 },
        { itemId: 1, quantity: 1 },
      ],
    },
    'lines',
  ],
])('an order with %j is told what is wrong', async (wrong, name) => {
  const { status, body } = await order(1, wrong);
  expect(status).toBe(400);
  expect(body.error).toContain(name);
});

test('the same request again gets the first order, also when it comes eight times at once', async () => {
  const before = await orders();
  const replies = await Promise.all(Array.from({ length: 8 }, () => order(5, { requestId: 'twins' })));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
  expect(await orders()).toBe(before + 1);
  expect(await order(1, { requestId: 'twins', customerId: 8 })).toMatchObject({ status: 409 });
});

test('parallel orders of the last pieces never sell more than there are', async () => {
  const replies = await Promise.all(Array.from({ length: 20 }, () => order(2)));
  const statuses = replies.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(2);
  expect(statuses.filter((status) => status === 409)).toHaveLength(18);
  expect(await stock()).toBe(1);
  expect(await shop.broken()).toEqual([]);
});

test('orders of the same items in opposite order do not wait for each other in a circle', async () => {
  const other = await addItem(50);
  const there = [itemId, other].map((id) => ({ itemId: id, quantity: 1 }));
  const back = [...there].reverse();
  await shop.rows('update items set stock = 50, opening_stock = 50 where id = $1', [itemId]);
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, index) => order(0, { lines: index % 2 ? there : back })),
  );
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201));
});

test('a return puts the stock back and books it once, however often it is asked for', async () => {
  const { body } = await order(3);
  const replies = await Promise.all(
    Array.from({ length: 4 }, () => shop.call('POST', `/api/orders/${body.id}/return`)),
  );
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  expect(await stock()).toBe(5);
  const booked = await shop.rows(
    `select e.amount from ledger_entries e join order_lines l on l.id = e.order_line_id
     where l.order_id = $1 and e.kind = 'return'`,
    [body.id],
  );
  expect(booked).toEqual([['-29.97']]);
  expect(await shop.broken()).toEqual([]);
});
