import { expect, test } from 'vitest';
import { survey } from './survey.ts';
import { folderOf, hotel } from './testing/hotel.ts';

test('the parts of a monolith that is packaged by layer are found, and what all use is named as shared', async () => {
  await using folder = await folderOf(hotel);
  const { proposal, graph } = await survey({ repo: folder.root });
  const short = (ids: readonly string[]) => ids.map((id) => id.split('.').at(-1)).sort();
  expect(proposal.contexts.map(({ name, modules, tables }) => [name, short(modules), tables])).toEqual([
    ['room', ['Minibar', 'Room', 'RoomController', 'RoomRepository', 'RoomService'], ['minibar', 'rooms']],
    ['guest', ['Guest', 'GuestController', 'GuestRepository', 'GuestService'], ['guests']],
    ['invoice', ['Invoice', 'InvoiceController', 'InvoiceRepository', 'InvoiceService'], ['invoices']],
  ]);
  expect(proposal.shared).toMatchObject([
    { module: 'inn.model.BaseRecord', usedBy: ['guest', 'invoice', 'room'] },
    { module: 'inn.web.BasePage', usedBy: ['guest', 'invoice', 'room'] },
  ]);
  expect(graph.foreignKeys.map(({ from, to, cascades }) => ({ from, to, cascades }))).toEqual([
    { from: 'invoices', to: 'guests', cascades: false },
    { from: 'minibar', to: 'rooms', cascades: true },
  ]);
  expect(graph.endpoints.map(({ name }) => name)).toContain('GET /rooms/{id}');
});

test('the same code has the same answer, whatever is beside it', async () => {
  await using folder = await folderOf(hotel);
  await using other = await folderOf({
    ...hotel,
    'README.md': '# Inn',
    'node_modules/x/A.java': 'class A {}',
  });
  const answers = [];
  for (const { root } of [folder, folder, other]) answers.push((await survey({ repo: root })).proposal);
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});
