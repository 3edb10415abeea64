import { expect, test } from 'vitest';
import { splitSystem } from '../testing/split-system.ts';

const refused = { code: '55000', message: expect.stringMatching(/read-only/) };

test('some rows of a table leave while the others stay where they are and go on being written', {
  timeout: 120_000,
}, async () => {
  await using system = await splitSystem(10);
  const { source, target, banyan } = system;
  for (const pool of [source, target])
    await pool.query('create table note (tenant int, id int, text text, primary key (tenant, id))');
  await source.query(
    `insert into note select t, g, 'old' from generate_series(1, 2) t, generate_series(1, 100) g`,
  );
  const count = async (pool: typeof source) =>
    (await pool.query('select tenant, count(*)::int as rows from note group by tenant order by tenant')).rows;

  const table = { name: 'public.note' };
  await system.configure({}, { tables: [{ ...table, where: `text = 'old'` }] });
  expect(await banyan('run')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/can't be asked of its key alone: column "text" does not exist/),
  });
  await source.query(`update note set text = 'still' where tenant = 2`);

  await system.configure({}, { tables: [{ ...table, where: 'tenant = 1' }] });
  expect((await banyan('abort')).code).toBe(0);
  expect(await banyan('run')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/100 rows compared: 0 missing/),
  });
  await target.query(`insert into note values (2, 1, 'of the service itself')`);
  await expect(target.query(`delete from note where tenant = 1`)).rejects.toMatchObject(refused);
  await source.query(
    `update note set text = 'new' where id = 1; delete from note where (tenant, id) = (1, 2)`,
  );
  await expect
    .poll(() => count(target))
    .toEqual([
      { tenant: 1, rows: 99 },
      { tenant: 2, rows: 1 },
    ]);
  expect((await banyan('abort')).code).toBe(0);
  expect(await count(target)).toEqual([{ tenant: 2, rows: 1 }]);

  await banyan('run');
  expect((await banyan('cutover')).code).toBe(0);
  for (const write of [
    'update note set tenant = 1 where tenant = 2 and id = 3',
    'update note set tenant = 3 where tenant = 1',
    'insert into note values (1, 500)',
    'delete from note where tenant = 1',
    'truncate note',
  ])
    await expect(source.query(write), write).rejects.toMatchObject(refused);
  await source.query(`update note set text = 'mine' where tenant = 2; insert into note values (2, 500)`);
  await target.query(`insert into note values (1, 501), (2, 501)`);
  await expect
    .poll(() => count(source))
    .toEqual([
      { tenant: 1, rows: 100 },
      { tenant: 2, rows: 101 },
    ]);
  expect(JSON.parse((await banyan('verify', '--json')).stdout)).toMatchObject({
    compared: 100,
    missing: 0,
    extra: 0,
  });

  await banyan('finish');
  await expect(source.query('delete from note where tenant = 1')).rejects.toMatchObject(refused);
  expect((await banyan('finish', '--drop')).code).toBe(0);
  expect(await count(source)).toEqual([{ tenant: 2, rows: 101 }]);
  await source.query('insert into note values (1, 1)');
});
