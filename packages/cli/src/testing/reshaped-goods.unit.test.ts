import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { back, forth } from './reshaped-goods.ts';

describe('the translators of the example', () => {
  test('given a movement that goes out, then it is a departure and no arrival, and comes back as it was', () => {
    const row = { id: '1', stock: '2', change: '-3', ref: null, at: '2025-01-01 00:00:00+00' };
    expect(forth({ op: 'update', table: 'public.movement', row })).toEqual([
      { op: 'delete', table: 'goods.arrivals', key: { id: '1' } },
      {
        op: 'upsert',
        table: 'goods.departures',
        key: { id: '1' },
        row: { article: '2', amount: '3', ref: null, at: row.at },
      },
    ]);
    const departed = { id: '1', article: '2', amount: '3', ref: null, at: row.at };
    const { id, ...others } = row;
    expect(back({ op: 'insert', table: 'goods.departures', row: departed })).toEqual([
      { op: 'upsert', table: 'public.movement', key: { id }, row: others },
    ]);
  });

  test('are those that the page shows', async () => {
    const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
    const page = await read('../../../../docs/split.md');
    const source = await read('./reshaped-goods.ts');
    const [, section] = /\n## Rows of another shape\n(.*?)\n## /s.exec(page)!;
    const blocks = [...section!.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!).slice(1);
    expect(blocks).toHaveLength(2);
    // The page imports only what it shows.
    const lines = blocks.join('').split('\n');
    for (const line of lines) if (!line.startsWith('import ')) expect(source).toContain(line.trim());
  });
});
