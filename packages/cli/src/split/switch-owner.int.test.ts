import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Stopped } from '../commands/signals.ts';
import { loadConfig } from '../config/load-config.ts';
import { openLedger } from '../ledger/ledger.ts';
import { routeTable } from '../ledger/route-table.ts';
import { catalogueOf } from '../testing/catalogue.ts';
import { type SplitSystem, splitSystem } from '../testing/split-system.ts';
import { checkWritten, startWriters } from '../testing/split-writers.ts';
import { type OpenSplit, openSplit } from './open-split.ts';
import { switchOwner } from './switch-owner.ts';

const rowsOf = async (pool: pg.Pool) => ({
  stock: (await pool.query('select * from stock order by id')).rows,
  movement: (await pool.query('select * from movement order by id')).rows,
});

async function ownerOf({ configFile, name }: SplitSystem): Promise<string | undefined> {
  const config = await loadConfig(configFile);
  await using ledger = await openLedger(config.ledger.database);
  const route = routeTable(config, ledger.view()).routes.find((one) => one.name === 'stock');
  return `${ledger.split(name)?.owner} ${route?.owner}`;
}

async function withOpen(
  { configFile, name }: SplitSystem,
  act: (open: OpenSplit) => Promise<void>,
): Promise<void> {
  await using open = await openSplit(await loadConfig(configFile), name);
  await act(open);
}

describe('a change of the owner', { timeout: 120_000 }, () => {
  test('and back, twice, under load: nothing is lost, doubled or different, and aborted it leaves no trace', async () => {
    await using system = await splitSystem(100);
    const { source, target, banyan } = system;
    const before = await catalogueOf(source);
    expect((await banyan('cutover')).stderr).toMatch(/split-not-running|is new/);
    await banyan('run');
    const writers = startWriters(system);
    for (const round of [1, 2]) {
      expect(await banyan('cutover')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/the way back is alive.*the target owns/s),
      });
      expect(await ownerOf(system)).toBe('target warehouse');
      const seen = writers.written.size;
      await expect.poll(() => writers.written.size > seen + 20).toBe(true);
      expect([...writers.written.values()].at(-1)?.side).toBe('target');
      expect(await banyan('reverse', '--json')).toMatchObject({ code: 0 });
      expect(await ownerOf(system)).toBe('source monolith');
      const again = writers.written.size;
      await expect.poll(() => writers.written.size > again + 20 * round).toBe(true);
    }
    await writers.stop();
    expect(writers.wrong).toEqual([]);
    expect(
      new Set(writers.refusals.map((text) => text.split('. This')[0]!.replace(/split \w+/, 'split NAME'))),
    ).toEqual(
      new Set([
        'public.stock belongs to the service warehouse since the split NAME: write there',
        'public.stock still belongs to the monolith: the split NAME has not given it to warehouse yet',
      ]),
    );
    expect(await checkWritten(source, writers.written)).toEqual({ lost: 0, doubled: 0, off: 0 });
    await expect
      .poll(async () => JSON.stringify(await rowsOf(target)))
      .toBe(JSON.stringify(await rowsOf(source)));
    expect(await banyan('abort')).toMatchObject({ code: 0 });
    expect(await catalogueOf(source)).toEqual(before);
  });

  test('is undone where the user stops it, and is done where it was done before', async () => {
    await using system = await splitSystem(10);
    const { banyan, name } = system;
    await banyan('run');
    await withOpen(system, async (open) => {
      const signal = AbortSignal.abort(new Stopped());
      await expect(switchOwner(open, 'target', () => undefined, { signal })).rejects.toBeInstanceOf(Stopped);
      const beside = await banyan('cutover');
      expect(beside).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`working on the split ${name}.`),
      });
    });
    expect(await banyan('cutover', '--json')).toMatchObject({ code: 0 });
    expect(await banyan('cutover')).toMatchObject({ code: 0, stdout: expect.stringContaining('already') });
    expect((await banyan('run')).stdout).toContain(`The way back: banyan split reverse ${name}`);
  });

  test('numbers new rows past those of the other side', async () => {
    await using system = await splitSystem(10);
    const { source, target, banyan } = system;
    await banyan('run');
    await source.query(`insert into stock (id, item) values (500, 'by hand')`);
    await banyan('cutover');
    const next = `insert into stock (item) values ('next') returning id`;
    expect((await target.query(next)).rows).toEqual([{ id: 501 }]);
    await banyan('reverse');
    expect((await source.query(next)).rows).toEqual([{ id: 502 }]);
  });

  test('is final when the split is finished: the old tables are kept until they are dropped', async () => {
    const foreignKeys = { 'public.line.line_stock_fkey': { orphans: 'allow' } } as const;
    await using system = await splitSystem(10, undefined, {}, { seam: { foreignKeys } });
    const { source, target, banyan, name } = system;
    const before = await catalogueOf(target);
    await source.query('create table line (stock int references stock)');
    await banyan('run');
    expect(await banyan('finish')).toMatchObject({ code: 1, stderr: expect.stringMatching(/split cutover/) });
    await banyan('cutover');
    expect(await banyan('abort')).toMatchObject({ code: 1, stderr: expect.stringMatching(/split reverse/) });
    // A key of a table that stays would look for new rows where none come any more.
    expect(await banyan('finish')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('alter table line drop constraint line_stock_fkey;'),
    });
    await source.query('alter table line drop constraint line_stock_fkey');
    expect(await banyan('finish')).toMatchObject({ code: 0, stdout: expect.stringMatching(/--drop/) });
    expect(await banyan('reverse')).toMatchObject({ code: 1, stderr: expect.stringMatching(/finished/) });
    expect(await banyan('status')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/finished; the service warehouse owns/),
    });
    await expect(source.query('select from stock')).rejects.toThrow(/does not exist/);
    expect((await source.query(`select from banyan_split_${name}.stock`)).rowCount).toBe(10);
    expect(await catalogueOf(target)).toEqual(before);
    // What the key said is looked at still, at the new owner.
    await source.query('insert into line values (1), (77)');
    expect((await banyan('check')).stdout).toContain('1 of 2 rows of public.line have no public.stock');
    await source.query('drop table line');
    expect(await banyan('finish', '--drop')).toMatchObject({ code: 0 });
    expect((await catalogueOf(source)).filter((line) => /stock|movement|banyan/.test(line))).toEqual([]);
  });

  test('prints the statements of each step and changes nothing', async () => {
    await using system = await splitSystem(1);
    const before = await catalogueOf(system.source);
    for (const action of ['run', 'cutover', 'reverse', 'finish', 'abort']) {
      const printed = await system.banyan(action, '--dry-run');
      expect(printed).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/-- at the (source|target):\n/),
      });
      expect(printed.stdout).not.toMatch(/postgres:/);
    }
    expect(await catalogueOf(system.source)).toEqual(before);
  });
});
