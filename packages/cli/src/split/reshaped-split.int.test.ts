import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { catalogueOf } from '../testing/catalogue.ts';
import { moveGoods } from '../testing/reshaped-goods.ts';
import { splitSystem } from '../testing/split-system.ts';
import { checkWritten, startWriters } from '../testing/split-writers.ts';

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
});
