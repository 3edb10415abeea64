import { describe, expect, test } from 'vitest';
import { catalogueOf } from '../testing/catalogue.ts';
import { splitSystem } from '../testing/split-system.ts';

describe('a split', { timeout: 60_000 }, () => {
  test('copies the tables and follows them, goes on where it was, and aborted leaves no trace', async () => {
    const views = { 'public.levels': 'rewrite' } as const;
    await using system = await splitSystem(500, undefined, {}, { seam: { views } });
    const { source, target, banyan } = system;
    const before = [await catalogueOf(source), await catalogueOf(target)];
    expect(await banyan('status')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not started yet.*split run/),
    });

    const ran = await banyan('run');
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✓ following {4}2 tables follow the monolith/),
    });
    expect((await banyan('run')).stdout).toMatch(/prepared .*done before.*following .*done before/s);

    await source.query(
      `update stock set count = -1 where id = 7; delete from movement where stock = 8; delete from stock where id = 8`,
    );
    const both = async () => (await target.query('select * from stock order by id')).rows;
    const truth = (await source.query('select * from stock order by id')).rows;
    await expect.poll(both).toEqual(truth);

    await expect(target.query('update stock set count = 0')).rejects.toMatchObject({
      code: '55000',
      message: expect.stringMatching(/^public\.stock still belongs to the monolith.*read-only/),
    });
    await expect(target.query('truncate movement')).rejects.toThrow(/read-only/);
    const { stdout } = await banyan('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      view: { status: 'running', owner: 'source' },
      feeds: { target: { running: true, ready: 3, tables: 3, errors: 0 }, source: { slot: false } },
    });
    expect((await banyan('status')).stdout).toMatch(
      /the monolith owns the tables.*public\.movement +following +\d+/s,
    );

    await source.query('create view levels as select item, count from stock');
    expect((await banyan('status')).stdout).toContain(
      '! public.levels (views: rewrite) still reaches public.stock\n',
    );
    await source.query('drop view levels');
    expect((await banyan('status')).stdout).not.toContain('still reaches');

    expect((await banyan('abort')).stdout).toMatch(/is aborted; nothing of it is left/);
    expect(await catalogueOf(source)).toEqual(before[0]);
    expect(await catalogueOf(target)).toEqual(before[1]);
    expect((await target.query('select from stock')).rowCount).toBe(0);
    expect((await banyan('abort')).stdout).toMatch(/nothing of .* to take down/);
    expect(await banyan('run')).toMatchObject({ code: 0 });
  });

  test('outwaits who cleans up a table, as long as the server takes to make it give way', async () => {
    await using system = await splitSystem(5);
    const { source, banyan } = system;
    const cleaner = await source.connect();
    try {
      await cleaner.query('begin; lock table stock in share update exclusive mode');
      const run = banyan('run');
      const waits = `select from pg_locks where not granted and relation = 'stock'::regclass
        and now() - waitstart > interval '1.2 s'`;
      await expect.poll(async () => (await source.query(waits)).rowCount).toBe(1);
      await cleaner.query('commit');
      expect(await run).toMatchObject({ code: 0, stderr: '' });
    } finally {
      cleaner.release();
    }
  });

  test('refuses what it can’t move before it touches anything', async () => {
    await using system = await splitSystem(10);
    const { source, target, banyan } = system;
    await target.query('alter table stock drop column item; insert into stock (count) values (1)');
    expect(await banyan('run')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/item is missing/),
    });
    await target.query('alter table stock add column item text not null default 0');
    const before = [await catalogueOf(source), await catalogueOf(target)];
    expect(await banyan('run')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/stock has rows at the target/),
    });
    expect([await catalogueOf(source), await catalogueOf(target)]).toEqual(before);
  });

  test('never publishes a table whose own deletes that would break', async () => {
    await using system = await splitSystem(10);
    const { source, banyan } = system;
    const before = await catalogueOf(source);
    await source.query('alter table movement drop constraint movement_pkey');
    expect(await banyan('run')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/movement has no key/),
    });
    await source.query('delete from movement');
    await source.query('alter table movement add primary key (id)');
    expect(await catalogueOf(source)).toEqual(before);
  });
});
