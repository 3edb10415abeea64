import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';

test('what is pinned is there whatever the survey would propose, and names are those of the team', async () => {
  await using folder = await folderOf(hotel);
  const pins = {
    rename: { guest: 'people' },
    contexts: { bar: { modules: ['inn.*.Minibar'], tables: ['minibar'] }, people: { tables: ['invoices'] } },
  };
  const { proposal } = await survey({ repo: folder.root, pins });
  const tables = Object.fromEntries(proposal.contexts.map((context) => [context.name, context.tables]));
  expect(tables).toEqual({ bar: ['minibar'], people: ['guests', 'invoices'], room: ['rooms'], invoice: [] });
  expect(proposal.placements.find(({ module }) => module === 'inn.model.Minibar')).toMatchObject({
    context: 'bar',
    why: 'it is pinned here',
  });
  expect(proposal.shared[0]!.usedBy).toEqual(['invoice', 'people', 'room']);
});

test('two contexts with one new name are one', async () => {
  await using folder = await folderOf(hotel);
  const { proposal } = await survey({
    repo: folder.root,
    pins: { rename: { guest: 'front', room: 'front' } },
  });
  expect(proposal.contexts.map(({ name }) => name)).toEqual(['front', 'invoice']);
});

test('a pin that fits nothing is named', async () => {
  await using folder = await folderOf(hotel);
  const pinned = (pins: Parameters<typeof survey>[0]['pins']) => survey({ repo: folder.root, pins });
  await expect(pinned({ rename: { nobody: 'x' } })).rejects.toThrow(/context "nobody"/);
  await expect(pinned({ contexts: { a: { tables: ['nothing'] } } })).rejects.toThrow(/table "nothing"/);
  await expect(pinned({ contexts: { a: { modules: ['no.**'] } } })).rejects.toThrow(/module "no\.\*\*"/);
});
