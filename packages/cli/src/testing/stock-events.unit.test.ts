import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { back, events, forth, into } from './stock-events.ts';

const row = { id: '7', item: 'bolt', count: '3', revision: '2' };

test('given a row that is counted, then its stream has that, and what it is made into comes back as it was', () => {
  expect(events.of({ op: 'insert', table: 'public.stock', row })).toEqual([
    {
      stream: 'stock-7',
      type: 'StockCounted',
      data: { id: '7', item: 'bolt', onHand: '3', revision: '2' },
    },
  ]);
  const [made] = forth({ op: 'insert', table: 'public.stock', row });
  if (made?.op !== 'upsert') throw new Error('no row is made of it');
  expect(into).toContain(made.table);
  const { id, ...others } = row;
  const theirs = back({ op: 'insert', table: made.table, row: { ...made.key, ...made.row } });
  expect(theirs).toEqual([{ op: 'upsert', table: 'public.stock', key: { id }, row: others }]);
});

test('the translator into events is the one that the page shows', async () => {
  const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
  const page = await read('../../../../docs/split.md');
  const source = await read('./stock-events.ts');
  const [, section] = /\n## Into a service that keeps events\n(.*?)\n## /s.exec(page)!;
  const [, code] = [...section!.matchAll(/```ts\n(.*?)```/gs)].map(([, block]) => block!);
  expect(code).toContain('StockDropped');
  for (const line of code!.split('\n')) expect(source).toContain(line.trim());
});
