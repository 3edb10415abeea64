import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import type { Driver } from './drivers.ts';

test('candidates are in the order of ease times benefit, and a knot makes a cut harder', async () => {
  await using folder = await folderOf(hotel);
  const { candidates } = await survey({ repo: folder.root, driver: 'size' });
  const [first] = candidates;
  expect(first).toMatchObject({
    context: 'room',
    tables: 2,
    endpoints: 2,
    callers: 0,
    ease: 100,
    benefit: 100,
  });
  const invoice = candidates.find(({ context }) => context === 'invoice');
  expect(invoice).toMatchObject({ knots: { 'foreign key': 1 }, sagaSteps: 0, keepsState: true });
  expect(invoice!.ease).toBeLessThan(100);
});

test('each driver has its own benefit, and what the team expects goes before', async () => {
  await using folder = await folderOf({
    ...hotel,
    'tools/rooms.py': 'def beds():\n  return 1\n\n\ndef more():\n  return beds()\n',
  });
  const pins = { contexts: { tools: { modules: ['tools/**'] } } };
  const first = async (driver: Driver, benefit?: number) => {
    const contexts = { ...pins.contexts, ...(benefit === undefined ? {} : { invoice: { benefit } }) };
    const { candidates } = await survey({ repo: folder.root, driver, pins: { contexts } });
    return candidates.filter((each) => each.benefit === 100).map(({ context }) => context);
  };
  expect(await first('security')).toEqual(['guest']);
  expect(await first('technology')).toEqual(['tools']);
  expect(await first('technology', 100)).toEqual(expect.arrayContaining(['invoice', 'tools']));
});
