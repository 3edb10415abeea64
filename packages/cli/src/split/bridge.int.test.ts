import { catalogueDiff, catalogueDump } from '@banyan/split';
import { describe, expect, test } from 'vitest';
import { splitSystem } from '../testing/split-system.ts';
import { checkWritten, startWriters } from '../testing/split-writers.ts';

const bridged = { stage: { schema: 'goods' }, bridge: 'foreign-tables' } as const;

describe('a bridge of foreign tables', { timeout: 120_000 }, () => {
  test('lets the monolith go on under the old names, there and back, and leaves nothing behind', async () => {
    await using system = await splitSystem(50, undefined, {}, bridged);
    const { source, target, banyan } = system;
    await source.query('create extension pg_stat_statements');
    const before = await catalogueDump(source);
    expect(await banyan('run')).toMatchObject({ code: 1, stderr: expect.stringMatching(/split seam/) });
    const done = async (...args: [string, ...string[]]) =>
      expect(await banyan(...args)).toMatchObject({ code: 0, stderr: '' });
    await done('seam');
    await done('run');
    // Only at the monolith, by the old names.
    const writers = startWriters({ source, target: source });
    const more = async () => {
      const seen = writers.written.size;
      await expect.poll(() => writers.written.size > seen + 20 || writers.wrong.length > 0).toBe(true);
    };
    for (const _round of [1, 2]) {
      await more();
      await done('cutover');
      await more();
      const { rows } = await source.query(
        `insert into stock (item) values ('by default'), ('again') returning id, count`,
      );
      const there = await target.query(`select id, count from goods.stock where id = any ($1) order by id`, [
        rows.map(({ id }) => id),
      ]);
      expect(there.rows).toEqual(rows);
      const { stdout } = await banyan('status', '--json');
      const { bridge } = JSON.parse(stdout);
      expect(bridge.names).toEqual(['public.stock', 'public.movement']);
      expect(bridge.clients).toEqual([
        expect.objectContaining({ role: 'postgres', application: 'banyan', connections: expect.any(Number) }),
      ]);
      expect(bridge.statements[0]).toMatchObject({
        role: 'postgres',
        text: expect.stringMatching(/^(update stock|insert into movement)/),
        calls: expect.any(Number),
      });
      await done('reverse');
    }
    await more();
    await writers.stop();
    const planned = await banyan('cutover', '--dry-run');
    expect(planned.stdout).toMatch(
      /create server.*"password" '<password>'.*begin;.*create or replace view.*commit;/s,
    );
    expect({ wrong: writers.wrong, refusals: writers.refusals }).toEqual({ wrong: [], refusals: [] });
    expect(await checkWritten(source, writers.written)).toEqual({ lost: 0, doubled: 0, off: 0 });
    await done('abort');
    await done('seam', '--undo');
    expect(catalogueDiff(before, await catalogueDump(source))).toEqual([]);
  });

  test('stays after the split is finished, and goes with the old tables once nobody uses it', async () => {
    await using system = await splitSystem(10, undefined, {}, bridged);
    const { source, target, banyan } = system;
    for (const step of ['seam', 'run', 'cutover', 'finish'])
      expect(await banyan(step)).toMatchObject({ code: 0, stderr: '' });
    // What the preflight names beforehand.
    for (const [sql, refused] of [
      ['truncate stock', /is not a table/],
      ['copy stock to stdout', /cannot copy from view/],
      [`copy stock (item) from program 'echo x'`, /cannot copy to view/],
      [`select nextval('stock_id_seq')`, /does not exist/],
      ['select lastval()', /not yet defined/],
      [
        'insert into stock (id, item) values (3, $$a$$) on conflict (id) do nothing',
        /no unique or exclusion/,
      ],
    ] as const)
      await expect(source.query(sql), sql).rejects.toThrow(refused);
    await source.query(`update stock set item = 'over the bridge' where id = 3`);
    expect((await target.query('select item from goods.stock where id = 3')).rows).toEqual([
      { item: 'over the bridge' },
    ]);
    expect(await banyan('finish', '--drop')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/bridge-used|used still, by banyan/),
    });
    // The connection to the target ends with the session that used the bridge.
    const end = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
    const [user, other] = [await source.connect(), await source.connect()];
    await other.query(end);
    for (const client of [user, other]) client.release(true);
    await expect.poll(async () => (await banyan('finish', '--drop')).code).toBe(0);
    expect((await catalogueDump(source)).filter((line) => /stock|movement|banyan/.test(line))).toEqual([]);
  });
});
