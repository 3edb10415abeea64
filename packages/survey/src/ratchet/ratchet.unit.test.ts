import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import { checkRatchet, crossTies, nextBaseline, readBaseline } from './ratchet.ts';

const pins = {
  contexts: {
    guest: { modules: ['inn.*.Guest*'] },
    room: { modules: ['inn.*.Room*'] },
    invoice: { modules: ['inn.*.Invoice*'] },
  },
};

async function tiesOf(files: Readonly<Record<string, string>>) {
  await using folder = await folderOf(files);
  const { graph, proposal } = await survey({ repo: folder.root, pins });
  return crossTies(graph, proposal);
}

test('a new tie fails and says where; what is gone leaves the baseline, which never grows', async () => {
  const before = await tiesOf(hotel);
  expect(before.map(({ key }) => key)).toEqual(['table invoices refers to table guests']);
  const baseline = nextBaseline(before, undefined);
  expect(checkRatchet(before, baseline)).toEqual({ added: [], gone: [] });
  const after = await tiesOf({
    ...hotel,
    'src/main/java/inn/service/InvoiceJob.java':
      'package inn.service; import inn.model.*; class InvoiceJob { private InvoiceService invoices; void run() { Room room = new Room(); } }',
  });
  const { added } = checkRatchet(after, baseline);
  expect(added.map(({ key, evidence }) => [key, evidence?.path])).toEqual([
    ['inn.service.InvoiceJob uses inn.model.Room', 'src/main/java/inn/service/InvoiceJob.java'],
  ]);
  expect(nextBaseline(after, baseline)).toEqual(baseline);
  expect(nextBaseline([], baseline)).toEqual({ ties: [] });
  expect(checkRatchet([], baseline).gone).toEqual(baseline.ties);
});

test('a baseline that is none says how to make one', () => {
  expect(() => readBaseline('{}', 'x.json')).toThrow(/--update/);
  expect(readBaseline('{"ties":["a uses b"]}', 'x.json')).toEqual({ ties: ['a uses b'] });
});
