import type { Row, RowWrite } from '@banyan/runtime';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { inTransaction } from '../transaction.ts';
import { applyRowWrites } from './apply-row-writes.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
  await database.pool.query(`
    create type mood as enum ('good', 'bad');
    create domain percent as numeric check (value between 0 and 100);
    create schema "my shop";
    create table "my shop"."the ""item""" (
      id bigint primary key, title text not null, "Price" numeric(10, 2) not null default 0, tags text[], extra jsonb,
      plain json, raw bytea, at timestamptz, code char(3), name varchar(5), ok boolean, feels mood, part percent, bits bit(4)
    );
    create table pair (a integer, b text, c text not null, primary key (a, b));
    create table own_id (id bigint generated always as identity primary key, note text);
    create table no_key (id bigint, note text)`);
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => database.pool.query(`truncate "my shop"."the ""item""", pair, own_id`));

const item = 'my shop.the "item"';
const apply = (...writes: RowWrite[]) => inTransaction(database.pool, (tx) => applyRowWrites(tx, writes));
const upsert = (table: string, key: Row, row: Row): RowWrite => ({ op: 'upsert', table, key, row });

async function texts(table: string, columns: string): Promise<unknown[]> {
  return (await database.pool.query(`select ${columns} from ${table} order by 1, 2`)).rows;
}

describe('applyRowWrites', () => {
  test('keeps every type as its text says', async () => {
    const row = {
      title: 'back\\slash "quoted" \'single\' 日本 \u0001 {}',
      Price: '12.30',
      tags: '{a,"b c",NULL}',
      extra: '{"a": [1, null, "x"]}',
      plain: '{"b" :  "as it was"}',
      raw: '\\x00ff10',
      at: '2024-02-29 12:00:00.123456+00',
      code: 'ab ',
      name: 'five5',
      ok: 't',
      feels: 'bad',
      part: '99.5',
      bits: '1010',
    };
    await apply(upsert(item, { id: '9007199254740993' }, row));
    const columns = Object.keys(row).map((name) => `"${name}"::text as "${name}"`);
    const [read] = await texts('"my shop"."the ""item"""', `id::text, ${columns.join(', ')}`);
    expect(read).toEqual({ id: '9007199254740993', ...row, code: 'ab', ok: 'true' });
  });

  test('keeps the nulls of arrays where array_nulls is off', async () => {
    await inTransaction(database.pool, async (tx) => {
      await tx.query('set local array_nulls = off');
      await applyRowWrites(tx, [upsert(item, { id: '1' }, { title: 'a', tags: '{a,NULL,"NULL"}' })]);
    });
    expect(await texts(`"my shop"."the ""item"""`, 'id::text, tags')).toEqual([
      { id: '1', tags: ['a', null, 'NULL'] },
    ]);
  });

  test('an upsert of some columns keeps the others, required ones too', async () => {
    await apply(upsert(item, { id: '1' }, { title: 'kept', extra: '1', ok: 't' }));
    await apply(upsert(item, { id: '1' }, { extra: null }), upsert(item, { id: '1' }, {}));
    expect(await texts('"my shop"."the ""item"""', 'id::text, title, extra, ok')).toEqual([
      { id: '1', title: 'kept', extra: null, ok: true },
    ]);
  });

  test('a new row without a required column is refused', async () => {
    await expect(apply(upsert(item, { id: '1' }, { ok: 't' }))).rejects.toMatchObject({
      code: 'postgres-23502',
    });
  });

  test('an update changes the rows that are there, and skips or refuses the others', async () => {
    await apply(upsert(item, { id: '1' }, { title: 'there', extra: '1' }));
    const update = (id: string, row: Row, absent: 'skip' | 'refuse'): RowWrite => ({
      op: 'update',
      table: item,
      key: { id },
      row,
      absent,
    });
    await apply(
      update('1', { ok: 't' }, 'skip'),
      update('2', { ok: 't' }, 'skip'),
      update('1', { extra: '2' }, 'refuse'),
    );
    await apply(update('1', {}, 'refuse'));
    expect(await texts(`"my shop"."the ""item"""`, 'id::text, title, extra, ok')).toEqual([
      { id: '1', title: 'there', extra: 2, ok: true },
    ]);
    await expect(apply(update('1', {}, 'refuse'), update('2', {}, 'refuse'))).rejects.toMatchObject({
      code: 'row-incomplete',
      message: expect.stringMatching(/"id":"2".*replica identity full/),
    });
  });

  test('keeps ids where the table would make its own', async () => {
    await apply(upsert('own_id', { id: '77' }, { note: 'x' }), upsert('own_id', { id: '77' }, { note: 'y' }));
    expect(await texts('own_id', 'id::text, note')).toEqual([{ id: '77', note: 'y' }]);
  });

  test('a value that is too long is refused, not cut off', async () => {
    await expect(apply(upsert(item, { id: '1' }, { title: '', name: 'sixsix' }))).rejects.toMatchObject({
      code: 'postgres-22001',
    });
  });

  test('says which table, column or key is missing', async () => {
    await expect(apply(upsert('absent', { id: '1' }, {}))).rejects.toMatchObject({ code: 'no-table' });
    await expect(apply(upsert('pair', { z: '1' }, {}))).rejects.toMatchObject({ code: 'no-column' });
    await expect(apply(upsert('no_key', { id: '1' }, {}))).rejects.toMatchObject({ code: 'no-unique-key' });
  });

  test('goes on after a column has changed its type', async () => {
    await database.pool.query('create table moving (id integer primary key, v integer)');
    await apply(upsert('moving', { id: '1' }, { v: '1' }));
    await database.pool.query('alter table moving alter v type text');
    const again = () => apply(upsert('moving', { id: '1' }, { v: 'text' }));
    await again().catch(again);
    expect(await texts('moving', 'id, v')).toEqual([{ id: 1, v: 'text' }]);
  });

  test('does what the writes would do one by one', async () => {
    const key = fc.record({ a: fc.constantFrom('1', '2'), b: fc.constantFrom('x', 'y"') });
    const write = fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .record({ key, c: fc.string({ maxLength: 3 }) })
          .map(({ key, c }) => upsert('pair', key, { c })),
      },
      {
        weight: 2,
        arbitrary: fc
          .record({ key, c: fc.string({ maxLength: 3 }) })
          .map(({ key, c }): RowWrite => ({ op: 'update', table: 'pair', key, row: { c }, absent: 'skip' })),
      },
      { weight: 3, arbitrary: key.map((key): RowWrite => ({ op: 'delete', table: 'pair', key })) },
      { weight: 1, arbitrary: fc.constant<RowWrite>({ op: 'truncate', table: 'pair' }) },
    );
    const noNul = (writes: RowWrite[]) => !JSON.stringify(writes).includes('\\u0000');
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 30 }).filter(noNul), async (writes) => {
        await database.pool.query('truncate pair');
        await apply(...writes);
        expect(await texts('pair', 'a::text, b, c')).toEqual(modelled(writes));
      }),
      { numRuns: 60 },
    );
  });
});

function modelled(writes: readonly RowWrite[]): unknown[] {
  const rows = new Map<string, Row>();
  for (const write of writes) {
    if (write.op === 'truncate') rows.clear();
    else if (write.op === 'delete') rows.delete(JSON.stringify(write.key));
    else if (write.op === 'upsert' || rows.has(JSON.stringify(write.key)))
      rows.set(JSON.stringify(write.key), { ...write.key, ...write.row });
  }
  return [...rows.values()].sort((one, two) => (`${one.a}${one.b}` < `${two.a}${two.b}` ? -1 : 1));
}
