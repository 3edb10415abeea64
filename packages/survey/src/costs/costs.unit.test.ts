import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';

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
