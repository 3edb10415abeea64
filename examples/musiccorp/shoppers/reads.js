import { faultOfRead, parse } from './judge.js';
import { countRead } from './tallies.js';

const SORTS = ['bestselling', 'bestselling', 'title', 'price', '-price', 'newest'];
const WORDS = [
  'fox',
  'silver',
  'live in',
  'harbour',
  'the',
  'trio',
  'dj',
  'midnight',
  'vol. 2',
  'tiger turin',
  'ö',
  'xyzzy',
];

async function read(shopper, path, expected) {
  const reply = await shopper.send(path);
  const fault = faultOfRead(reply, expected);
  countRead(shopper.tallies, reply, fault);
  return fault === undefined && reply.status === 200 && !expected?.page ? parse(reply.text) : undefined;
}

async function list(shopper) {
  const { random, memory } = shopper;
  const query = new URLSearchParams({
    sort: random.pick(SORTS),
    page: String(Math.ceil(12 * random.next() ** 3) || 1),
  });
  if (random.chance(0.6) && memory.genres.length > 0) query.set('genre', random.pick(memory.genres));
  const found = await read(shopper, `/api/items?${query}`);
  memory.seeItems(found?.items ?? []);
}

async function item(shopper) {
  const { random, memory } = shopper;
  const chosen = memory.someItem(random);
  if (!chosen) return list(shopper);
  const found = await read(shopper, `/api/items/${chosen.id}`, { maybeMissing: true });
  if (!found) memory.forgetItem(chosen.id);
}

async function search(shopper) {
  const { random, memory } = shopper;
  const seen = memory.someItem(random);
  const q = seen && random.chance(0.5) ? seen.title.split(' ')[0] : random.pick(WORDS);
  const found = await read(shopper, `/api/search?${new URLSearchParams({ q })}`);
  memory.seeItems(found?.items ?? []);
}

async function genres(shopper) {
  const found = await read(shopper, '/api/genres');
  if (Array.isArray(found?.genres)) shopper.memory.genres = found.genres.map(({ slug }) => slug);
}

async function artist(shopper) {
  const seen = shopper.memory.someItem(shopper.random);
  if (seen) await read(shopper, `/api/artists/${seen.artist.id}`, { maybeMissing: true });
  else await list(shopper);
}

async function page(shopper) {
  const { random, memory } = shopper;
  const customer = random.between(1, memory.customers);
  const seen = memory.someItem(random);
  const paths = ['/', '/?sort=newest', '/search?q=night', '/basket', `/account/${customer}`];
  if (seen) paths.push(`/items/${seen.id}`, `/items/${seen.id}`);
  if (random.chance(0.1)) paths.push('/reports/finance');
  await read(shopper, random.pick(paths), { maybeMissing: true, page: true });
}

/** What shoppers look at, each with its share in per cent. */
export const READS = [
  { share: 30, act: list },
  { share: 26, act: item },
  { share: 12, act: search },
  { share: 5, act: genres },
  { share: 7, act: artist },
  { share: 6, act: page },
];
