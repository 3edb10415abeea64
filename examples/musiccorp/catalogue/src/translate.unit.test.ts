import type { Row, RowChange, RowWrite } from '@banyan/runtime';
import { Terminal } from '@banyan/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { into, tables } from './own-tables.ts';
import { translate } from './translate.ts';

const item: Row = {
  id: '17',
  title: 'Silver Harbour',
  artist_id: '4',
  genre_id: '3',
  format: 'vinyl',
  price: '19.99',
  description: 'Long.',
  released_on: '2024-05-17',
  created_at: '2024-05-01 09:30:00+00',
  updated_at: '2024-05-02 09:30:00.125+00',
  withdrawn_at: null,
  opening_stock: '20',
  stock: '7',
  reorder_level: '5',
  shelf: 'A-01',
  sold_last_30_days: '12',
};
const table = 'public.items';
const inserted: RowChange = { op: 'insert', table, row: item };
const without = (row: Row, ...names: string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

describe('a row of the monolith', () => {
  test('given an item, then it is ours by our names, in cents, and without what is the warehouse’s', () => {
    expect(translate(inserted)).toEqual([
      {
        op: 'upsert',
        table: 'catalogue.items',
        key: { item_id: '17' },
        row: {
          title: 'Silver Harbour',
          artist_id: '4',
          genre_id: '3',
          medium: 'vinyl',
          price_cents: '1999',
          description: 'Long.',
          released_on: '2024-05-17',
          added_at: '2024-05-01 09:30:00+00',
          edited_at: '2024-05-02 09:30:00.125+00',
          withdrawn: 'f',
          in_stock: 't',
          sold_lately: '12',
        },
      },
    ]);
  });

  test('given an artist and a genre, then they are ours by our names', () => {
    const artist = { id: '4', name: 'The Glass Foxes', country_code: 'GB', formed_in: '1998' };
    expect(translate({ op: 'insert', table: 'public.artists', row: artist })).toEqual([
      {
        op: 'upsert',
        table: 'catalogue.artists',
        key: { artist_id: '4' },
        row: { name: 'The Glass Foxes', country: 'GB', formed_in: '1998' },
      },
    ]);
    const genre = { id: '3', slug: 'dream-pop', name: 'Dream Pop' };
    expect(translate({ op: 'insert', table: 'public.genres', row: genre })).toEqual([
      {
        op: 'upsert',
        table: 'catalogue.genres',
        key: { genre_id: '3' },
        row: { slug: 'dream-pop', name: 'Dream Pop' },
      },
    ]);
  });

  test.each([
    ['0', 'f'],
    ['1', 't'],
    ['2147483647', 't'],
  ])('given a stock of %s, then in_stock is %s', (stock, inStock) => {
    expect(upserted({ op: 'insert', table, row: { ...item, stock } }).row.in_stock).toBe(inStock);
  });

  test('given a withdrawn item, then it is kept and says so, so that it can come back without its description', () => {
    const row = { ...item, withdrawn_at: '2025-01-01 00:00:00+00' };
    expect(upserted({ op: 'update', table, row }).row.withdrawn).toBe('t');
    const back = upserted({ op: 'update', table, row: without(item, 'description') });
    expect(back.row).toMatchObject({ withdrawn: 'f' });
    expect(back.row).not.toHaveProperty('description');
  });
});

describe('a change of a row', () => {
  test('given a new key, then the old row goes and the new one comes', () => {
    const writes = translate({ op: 'update', table, row: { ...item, id: '18' }, old: { id: '17' } });
    expect(writes).toMatchObject([
      { op: 'delete', table: 'catalogue.items', key: { item_id: '17' } },
      { op: 'upsert', key: { item_id: '18' }, row: { title: 'Silver Harbour' } },
    ]);
  });

  test('given a new key and an unsent description, then it stops rather than write half a row', () => {
    const change: RowChange = {
      op: 'update',
      table,
      row: without({ ...item, id: '18' }, 'description'),
      old: { id: '17' },
    };
    expect(() => translate(change)).toThrow(Terminal);
    expect(translate({ ...change, old: item })).toMatchObject([
      { op: 'delete' },
      { op: 'upsert', row: { description: 'Long.' } },
    ]);
  });

  test('given a deletion or a truncation, then ours follows', () => {
    expect(translate({ op: 'delete', table, old: { id: '17' } })).toEqual([
      { op: 'delete', table: 'catalogue.items', key: { item_id: '17' } },
    ]);
    expect(translate({ op: 'truncate', table })).toEqual([{ op: 'truncate', table: 'catalogue.items' }]);
  });

  test('given a table that is not ours to follow, then nothing is written', () => {
    expect(translate({ op: 'truncate', table: 'public.orders' })).toEqual([]);
  });
});

describe('what it does not understand', () => {
  test.each(['NaN', '1.999', '5', '-1.00', ''])('given the price %s, then it stops', (price) => {
    expect(() => translate({ op: 'insert', table, row: { ...item, price } })).toThrow('two decimals');
  });

  test.each(['id', 'title', 'price', 'stock', 'withdrawn_at'])(
    'given a new row without its %s, then it stops',
    (name) => {
      expect(() => translate({ op: 'insert', table, row: without(item, name) })).toThrow(
        `without its column ${name}`,
      );
    },
  );
});

describe('for any history of a row', () => {
  const someItem = fc.record({
    title: fc.string(),
    price: fc.integer({ min: 1, max: 9_999_999 }).map((cents) => (cents / 100).toFixed(2)),
    stock: fc.nat().map(String),
    withdrawn_at: fc.option(fc.constant('2025-01-01 00:00:00+00')),
    description: fc.string(),
    id: fc.integer({ min: 1, max: 3 }).map(String),
  });
  const step = fc.record({ row: someItem, sendsDescription: fc.boolean(), full: fc.boolean() });

  test('ours is at the end what the last row alone translates to', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        const ours = new Map<string, Row>();
        let last: Row | undefined;
        for (const { row, sendsDescription, full } of steps) {
          const change = nextChange(last, { ...item, ...row }, { sendsDescription, full });
          for (const write of translate(change)) apply(ours, write);
          last = keptRow(last, change);
        }
        const expected = upserted({ op: 'insert', table, row: last! });
        expect([...ours]).toEqual([[expected.key.item_id, expected.row]]);
      }),
    );
  });

  test('the same change is always translated to the same writes, and only to tables that are named', () => {
    fc.assert(
      fc.property(someItem, (row) => {
        const change: RowChange = { op: 'insert', table, row: { ...item, ...row } };
        const writes = translate(change);
        expect(translate(structuredClone(change))).toEqual(writes);
        for (const write of writes) expect(into).toContain(write.table);
        expect(tables).toContain(change.table);
      }),
    );
  });
});

function upserted(change: RowChange): Extract<RowWrite, { op: 'upsert' }> {
  const [write] = translate(change);
  if (write?.op !== 'upsert') throw new Error(`expected an upsert, not ${JSON.stringify(write)}`);
  return write;
}

function nextChange(
  last: Row | undefined,
  row: Row,
  { sendsDescription, full }: { sendsDescription: boolean; full: boolean },
): RowChange {
  if (last === undefined) return { op: 'insert', table, row };
  const moved = last.id !== row.id;
  const old = full ? last : moved ? { id: last.id! } : undefined;
  // The server leaves out what did not change; where the key moves, only the old row can tell it.
  const sent = sendsDescription || (moved && !full) ? row : without(row, 'description');
  return { op: 'update', table, row: sent, ...(old === undefined ? {} : { old }) };
}

function keptRow(last: Row | undefined, change: RowChange): Row {
  if (change.op !== 'insert' && change.op !== 'update') throw new Error('not part of these histories');
  return { ...last, ...change.row };
}

function apply(ours: Map<string, Row>, write: RowWrite): void {
  if (write.op === 'truncate') ours.clear();
  else if (write.op === 'delete') ours.delete(write.key.item_id!);
  else ours.set(write.key.item_id!, { ...ours.get(write.key.item_id!), ...write.row });
}
