import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import { movedPins } from './what-if.ts';

test('a move is a pin, and the costs are computed anew', async () => {
  await using folder = await folderOf(hotel);
  const before = await survey({ repo: folder.root });
  const pins = movedPins(before.graph, {}, ['minibar:invoice', 'inn.model.Minibar:invoice']);
  expect(pins.contexts).toEqual({ invoice: { tables: ['minibar'], modules: ['inn.model.Minibar'] } });
  const after = await survey({ repo: folder.root, pins });
  const knots = (found: typeof before) => found.knots.filter(({ kind }) => kind === 'foreign key').length;
  expect([knots(before), knots(after)]).toEqual([1, 2]);
});

test('a move that names nothing says what there is', async () => {
  await using folder = await folderOf(hotel);
  const { graph } = await survey({ repo: folder.root });
  expect(() => movedPins(graph, {}, ['nothing:invoice'])).toThrow(/"nothing"/);
  expect(() => movedPins(graph, {}, ['minibar'])).toThrow(/TABLE:CONTEXT/);
});

test('what the team expects of a context stays when something is moved to it', async () => {
  await using folder = await folderOf({
    'rooms.js': "export const free = (db) => db.query('select 1 from rooms');",
  });
  const { graph } = await survey({ repo: folder.root });
  const { contexts } = movedPins(graph, { contexts: { inn: { benefit: 80 } } }, ['rooms:inn']);
  expect(contexts).toEqual({ inn: { benefit: 80, modules: [], tables: ['rooms'] } });
});
