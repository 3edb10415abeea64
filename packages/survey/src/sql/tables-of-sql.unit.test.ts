import { expect, test } from 'vitest';
import { loadSqlParser } from './tables-of-sql.ts';

const tablesOf = await loadSqlParser();

test.each([
  ['select * from a join s.b on a.x = b.x where exists (select 1 from c)', ['a', 'b', 'c'], []],
  ['insert into a select * from b', ['b'], ['a']],
  ['update a set x = (select 1 from d) from e', ['d', 'e'], ['a']],
  ['with q as (select 1 from z) delete from y using q', ['z'], ['y']],
  ['merge into a using b on a.x = b.x when matched then update set y = 1', ['b'], ['a']],
  ['truncate a, b', [], ['a', 'b']],
  [
    'select x from Item i, Stock s where i.id = #{value,jdbcType=VARCHAR} and s.y = ? and s.z = :z',
    ['item', 'stock'],
    [],
  ],
])('%s', (sql, reads, writes) => {
  expect(tablesOf(sql)).toMatchObject({ reads, writes });
});

test('a statement of another dialect is scanned', () => {
  expect(tablesOf('update `t` set a = 1 limit 3')).toEqual({ reads: [], writes: ['t'], sets: [] });
  expect(tablesOf('SELECT a FROM x, y INNER JOIN z ON 1 = 1 LIMIT 1, 2')).toEqual({
    reads: ['x', 'y', 'z'],
    writes: [],
    sets: [],
  });
});

test('an update names the columns that it sets, a lock names no table', () => {
  expect(tablesOf('with d as (select 1 from p x for update of x) update a set b = 1, c = 2 from d')).toEqual({
    reads: ['p'],
    writes: ['a'],
    sets: [{ table: 'a', columns: ['b', 'c'] }],
  });
});

test('a path from an alias is no table of a schema', () => {
  for (const sql of [
    'select g from Guest g left join fetch g.stays s where s.room.beds > 1',
    'select g from Guest g, in (g.stays) s',
    'select g from Guest g where exists (select 1 from g.stays s)',
    'select o from Orders as o inner join o.lines l join l.item where 1 = 1 limit 1, 2',
  ])
    expect(tablesOf(sql)?.reads).toEqual([/Guest/.test(sql) ? 'guest' : 'orders']);
  expect(tablesOf('select * from a g join shop.b s on true')?.reads).toEqual(['a', 'b']);
});

test('functions and the catalogue of the server are no tables', () => {
  expect(tablesOf('select 1 from pg_class c, generate_series(1, 3) join a on true')).toMatchObject({
    reads: ['a'],
  });
  expect(tablesOf('select x from now() n join `b` on 1 = 1 limit 1, 2')).toMatchObject({ reads: ['b'] });
});

test('prose is no statement', () => {
  for (const text of ['Update profile', 'Select one', 'with love', 'delete this?', ''])
    expect(tablesOf(text)).toBeUndefined();
});
