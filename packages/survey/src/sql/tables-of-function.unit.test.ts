import { beforeAll, expect, test } from 'vitest';
import { loadFunctionParser, type TablesOfFunction } from './tables-of-function.ts';

let tablesOf: TablesOfFunction;
beforeAll(async () => {
  tablesOf = await loadFunctionParser();
});

const plpgsql = (body: string) =>
  `create function f() returns trigger language plpgsql as $$ declare n int; begin ${body} return new; end $$`;

test('the statements of a PL/pgSQL function tell its tables, wherever they stand', () => {
  const body = `
    insert into audit values ('items', old.stock);
    if exists (select 1 from orders where id = new.id) then update stock set n = n - 1; end if;
    n := (select count(*) from shelves);
    for n in select id from picks loop delete from old_picks where id = n; end loop;
    -- nobody reads customers here
  `;
  expect(tablesOf('plpgsql', plpgsql(body))).toEqual({
    reads: ['orders', 'picks', 'shelves'],
    writes: ['audit', 'old_picks', 'stock'],
  });
});

test('a statement that is made at run time tells nothing for sure', () => {
  expect(tablesOf('plpgsql', plpgsql(`execute 'delete from ' || 'items';`))).toBeUndefined();
  expect(tablesOf('plpython3u', 'create function f() ...')).toBeUndefined();
  expect(tablesOf('plpgsql', 'no function at all')).toBeUndefined();
});

test('an SQL function is read as a text and as statements', () => {
  const text = `create function f() returns bigint language sql as $$ update items set stock = 0; select count(*) from orders $$`;
  expect(tablesOf('sql', text)).toEqual({ reads: ['orders'], writes: ['items'] });
  const atomic = `create function f() returns bigint language sql begin atomic select count(*) from public.orders; end`;
  expect(tablesOf('sql', atomic)).toEqual({ reads: ['orders'], writes: [] });
});
