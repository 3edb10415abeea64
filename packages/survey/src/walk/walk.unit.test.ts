import { expect, test } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import { findEndpoints } from './find-endpoints.ts';
import { walker } from './walk.ts';

const call = (from: string, to: string) => ({
  from: from.split('.')[0]!,
  fromMember: from.split('.')[1]!,
  to: to.split('.')[0]!,
  toMember: to.split('.')[1]!,
});
const endpoint = {
  kind: 'http',
  name: 'POST /orders',
  module: 'shop',
  member: 'order',
  evidence: [],
} as const;

/** An order that asks the stock, which asks the shop again; a log that nobody owns is in the middle. */
const graph: Graph = {
  modules: [],
  ties: [],
  tables: [],
  foreignKeys: [],
  databaseCode: [],
  tableUses: [],
  accesses: [
    { module: 'shop', member: 'order', table: 'orders', writes: true },
    { module: 'stock', member: 'take', table: 'items', writes: true },
    { module: 'stock', member: 'take', table: 'orders', writes: false },
    { module: 'log', member: 'note', table: 'items', writes: false },
  ],
  joins: [],
  endpoints: [endpoint],
  calls: [
    call('shop.order', 'log.note'),
    call('shop.order', 'stock.take'),
    call('stock.take', 'shop.limit'),
    call('shop.limit', 'shop.order'),
  ],
  transactions: [],
};
const proposal = {
  contexts: [
    { name: 'shop', modules: ['shop'], tables: ['orders'], words: [] },
    { name: 'warehouse', modules: ['stock'], tables: ['items'], words: [] },
  ],
  placements: [],
  shared: [],
};

test('a walk tells what would go over the network, and what comes back while it is waited for', () => {
  const walk = walker(graph, proposal)(endpoint);
  expect(walk.steps.map(({ depth, module, context, from }) => [depth, module, context, from])).toEqual([
    [0, 'shop', 'shop', undefined],
    [1, 'log', 'shop', undefined],
    [1, 'stock', 'warehouse', 'shop'],
    [2, 'shop', 'shop', 'warehouse'],
  ]);
  expect(walk.contexts).toEqual(['shop', 'warehouse']);
  expect(walk.crossings).toEqual([
    { from: 'shop', to: 'warehouse', calls: 1, tables: 1 },
    { from: 'warehouse', to: 'shop', calls: 1, tables: 1 },
  ]);
  expect(walk.circles).toEqual([['shop', 'warehouse', 'shop']]);
  expect(walk.isCut).toBe(false);
});

test('an entry point is found by its name, whatever its parameters are called', async () => {
  await using folder = await folderOf(hotel);
  const { graph: found, proposal: proposed } = await survey({ repo: folder.root });
  for (const name of ['GET /rooms/{id}', 'get /rooms/:room', '/rooms/{x}/'])
    expect(findEndpoints(found, name)).toHaveLength(1);
  expect(() => findEndpoints(found, 'GET /room')).toThrow(/GET \/rooms\/\{id\}/);
  const walk = walker(found, proposed)(findEndpoints(found, '/rooms/{id}')[0]!);
  expect(walk.steps.map(({ member }) => member)).toEqual(['show', 'keep', 'save']);
  expect(walk.steps.at(-1)!.tables).toEqual([{ table: 'rooms', writes: true, of: undefined }]);
  expect(walk.crossings).toEqual([]);
});
