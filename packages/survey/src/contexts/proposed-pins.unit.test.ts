import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import { proposedPins } from './proposed-pins.ts';

test('what is proposed can be kept, and is what the next survey proposes', async () => {
  await using folder = await folderOf({
    ...hotel,
    'web/desk/desk.js': "import { bell } from './bell.js'; export const desk = () => bell();",
    'web/desk/bell.js': 'export const bell = () => 1;',
  });
  const { graph, proposal } = await survey({ repo: folder.root });
  const pins = proposedPins(graph, proposal);
  const again = (await survey({ repo: folder.root, pins })).proposal;
  const plain = ({ contexts }: typeof proposal) =>
    contexts.map(({ name, modules, tables }) => ({ name, modules, tables }));
  expect(plain(again)).toEqual(plain(proposal));
  expect(Object.values(pins.contexts).flatMap(({ modules }) => modules)).toEqual(
    expect.arrayContaining(['inn.model.Guest', 'web/**']),
  );
});
