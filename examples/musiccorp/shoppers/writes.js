import { randomUUID } from 'node:crypto';
import { outcomeOfWrite, parse } from './judge.js';
import { countWrite } from './tallies.js';

/** Sends a write once, whatever happens to it, and returns the reply's body when the shop acknowledged it. */
async function write(shopper, kind, { path, ...request }) {
  const reply = await shopper.send(path, { method: 'POST', ...request });
  const outcome = outcomeOfWrite(reply);
  countWrite(shopper.tallies, reply, { kind, outcome });
  return outcome === 'acknowledged' ? (parse(reply.text) ?? {}) : undefined;
}

async function order(shopper) {
  const { random, memory } = shopper;
  const chosen = new Set();
  for (let wanted = random.chance(0.6) ? 1 : random.between(2, 4); wanted > 0; wanted -= 1) {
    const item = memory.someItem(random);
    if (item) chosen.add(item.id);
  }
  if (chosen.size === 0) return;
  // now and then somebody wants more than there is
  const quantity = () => (random.chance(0.02) ? 99 : random.chance(0.9) ? 1 : 2);
  const json = {
    requestId: randomUUID(),
    customerId: random.between(1, memory.customers),
    lines: [...chosen].map((itemId) => ({ itemId, quantity: quantity() })),
  };
  const placed = await write(shopper, 'orders', { path: '/api/orders', json });
  if (placed?.id) memory.bought(placed.id);
}

async function giveBack(shopper) {
  const id = shopper.memory.takeOrder(shopper.random);
  if (id) await write(shopper, 'returns', { path: `/api/orders/${id}/return` });
}

async function fillBasket(shopper) {
  const item = shopper.memory.someItem(shopper.random);
  if (item) await write(shopper, 'baskets', { path: '/basket', form: { itemId: item.id, quantity: 1 } });
}

async function changeTitle({ editor }) {
  const item = editor.memory.someItem(editor.random);
  if (!item) return;
  const plain = item.title.replace(/ \(.*\)$/, '');
  const title = editor.random.chance(0.4)
    ? plain
    : `${plain} (Remaster ${editor.random.between(1990, 2026)})`;
  await write(editor, 'edits', { path: `/api/items/${item.id}`, method: 'PATCH', json: { title } });
}

async function changePrice({ editor }) {
  const item = editor.memory.someItem(editor.random);
  if (!item) return;
  const price = `${editor.random.between(5, 35)}.99`;
  await write(editor, 'edits', { path: `/api/items/${item.id}`, method: 'PATCH', json: { price } });
}

async function add({ editor }) {
  const { random, memory } = editor;
  const like = memory.someItem(random);
  if (!like) return;
  const json = {
    title: `${like.title.slice(0, 150)}, Vol. ${random.between(2, 9)}`,
    artistId: like.artist.id,
    genre: like.genre.slug,
    format: random.pick(['cd', 'vinyl', 'cassette']),
    price: `${random.between(6, 30)}.99`,
    description: 'New in the shop.',
    releasedOn: new Date().toISOString().slice(0, 10),
    stock: random.between(0, 40),
  };
  const added = await write(editor, 'edits', { path: '/api/items', json });
  if (added?.id) memory.seeItems([added]);
}

async function withdraw({ editor }) {
  const item = editor.memory.someItem(editor.random);
  if (!item) return;
  await write(editor, 'edits', { path: `/api/items/${item.id}`, method: 'DELETE' });
  editor.memory.forgetItem(item.id);
}

/** What shoppers and their one editor do, each with its share in per cent. */
export const WRITES = [
  { share: 8, act: order },
  { share: 2, act: giveBack },
  { share: 1, act: fillBasket },
  { share: 1.2, act: changeTitle },
  { share: 1, act: changePrice },
  { share: 0.5, act: add },
  { share: 0.3, act: withdraw },
];
