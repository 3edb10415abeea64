import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { catalogueOf } from '../testing/catalogue.ts';
import { known, moveGoods } from '../testing/reshaped-goods.ts';
import { splitSystem } from '../testing/split-system.ts';
import { checkWritten, startWriters } from '../testing/split-writers.ts';
import { followSplit } from './follow-split.ts';
import { openSplit } from './open-split.ts';

const reshapedSystem = (rows: number, reshaped: 'both-ways' | 'one-way' = 'both-ways') =>
  splitSystem(rows, undefined, {}, { reshaped });

const one = async (pool: pg.Pool, sql: string) => (await pool.query(sql)).rows[0];

describe('a split of rows that have another shape', { timeout: 120_000 }, () => {
  test('there and back under load: nothing is lost, doubled or different, and aborted it leaves no trace', async () => {
    await using system = await reshapedSystem(60);
    const { source, target, banyan } = system;
    const before = [await catalogueOf(source), await catalogueOf(target)];
    const writers = startWriters(system, { atTarget: moveGoods });
    const ran = await banyan('run');
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toMatch(/✓ verified .*0 missing, 0 extra, 0 different.*split follow/s);
    for (const [verb, owner] of [
      ['cutover', 'target'],
      ['reverse', 'source'],
    ] as const) {
      const changed = await banyan(verb);
      expect(changed.stderr).toBe('');
      expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining(`the ${owner} owns`) });
      const seen = writers.written.size;
      await expect.poll(() => writers.written.size > seen + 20).toBe(true);
      expect([...writers.written.values()].at(-1)?.side).toBe(owner);
      expect(await banyan('verify')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/0 missing, 0 extra, 0 different/),
      });
    }
    await writers.stop();
    expect(writers.wrong).toEqual([]);
    expect(await checkWritten(source, writers.written)).toEqual({ lost: 0, doubled: 0, off: 0 });
    expect(await banyan('abort')).toMatchObject({ code: 0 });
    expect(await catalogueOf(source)).toEqual(before[0]);
    expect(await catalogueOf(target)).toEqual(before[1]);
    expect(await one(target, 'select count(*)::int as left from goods.articles')).toEqual({ left: 0 });
  });

  test('follows what a row becomes, and stops where its translator fails: mended it goes on, and nothing is lost', async () => {
    await using system = await reshapedSystem(20);
    const { source, target, banyan } = system;
    expect((await banyan('follow')).stdout).toBe('');
    expect((await banyan('follow')).stderr).toMatch(/not under way: start it with banyan split run/);
    expect((await banyan('run')).code).toBe(0);
    await using open = await openSplit(await loadConfig(system.configFile), system.name, { lock: false });
    const following = followSplit(open, new AbortController().signal);
    following.catch(() => undefined);

    await source.query(`
      update movement set change = -change where id = 5;
      delete from movement where id = 6;
      update stock set item = (select string_agg(md5(g::text), '') from generate_series(1, 400) g) where id = 1`);
    // The long text does not change with it, and so is not sent.
    await source.query('update stock set count = -7 where id = 1');
    const found = () =>
      one(
        target,
        `select (select amount from goods.departures where id = 5) as gone, (select length(title) from goods.articles where id = 1) as long,
          (select on_hand from goods.levels where article = 1) as level, (select count(*)::int from goods.arrivals) as arrivals`,
      );
    await expect.poll(found).toEqual({ gone: 5, long: 12_800, level: -7, arrivals: 18 });

    await source.query('insert into movement (id, stock, change) values (900, 1, 2000000), (901, 1, 1)');
    await expect(following).rejects.toThrow(
      /translator of public.movement failed with the row {"id":"900"} \(insert\): 2000000 pieces fit on no truck. Correct the translator/,
    );
    expect((await banyan('status')).stdout).toContain('2000000 pieces fit on no truck');
    expect(await one(target, 'select count(*)::int as later from goods.arrivals where id >= 900')).toEqual({
      later: 0,
    });
    known.mostPieces = Number.POSITIVE_INFINITY;
    expect(await banyan('verify')).toMatchObject({ code: 0 });
    known.mostPieces = 1_000_000;
    expect(await one(target, 'select count(*)::int as later from goods.arrivals where id >= 900')).toEqual({
      later: 2,
    });
  });

  test('has no way back without a translator for it, which must be meant', async () => {
    await using system = await reshapedSystem(5, 'one-way');
    const { source, target, banyan } = system;
    expect((await banyan('run')).code).toBe(0);
    expect(await banyan('cutover')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no way back.*reshape.back.*--no-way-back/s),
    });
    await source.query("insert into stock (item) values ('still the monolith’s')");
    expect(await banyan('cutover', '--no-way-back')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/There is no way back\./),
    });
    await target.query(`insert into goods.articles (title) values ('the service’s')`);
    await expect(source.query('delete from movement')).rejects.toThrow(/belongs to the service warehouse/);
    expect(await banyan('reverse')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/can't be given back.*finish/),
    });
    expect(await banyan('finish')).toMatchObject({ code: 0 });
    expect(await one(target, 'select count(*)::int as n from goods.articles')).toEqual({ n: 7 });
  });
});
