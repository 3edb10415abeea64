import { expect, test } from 'vitest';
import { startOrchestrator } from '../kill-matrix/orchestrator.ts';
import { splitSystem } from '../testing/split-system.ts';

const items = 'create table item (id int primary key, left_over int not null, shelf text)';
const shelves =
  'create table on_shelf (item int primary key, amount int not null, shelf text, parted bigint not null default 0)';
const part = {
  from: 'public.item',
  into: 'public.on_shelf',
  key: { id: 'item' },
  columns: { amount: { from: 'left_over', added: true as const }, shelf: 'shelf' },
};
/** Batches of 2000. */
const rows = 6_500;

test('a table that is made two goes on where kill -9 left it, twice, while it is written, and both sides are alike', {
  timeout: 120_000,
}, async () => {
  await using system = await splitSystem(1);
  const { source, name, banyan } = system;
  await source.query(`${items}; ${shelves}`);
  await source.query(`insert into item select g, 100, 'A' || g from generate_series(1, ${rows}) g`);
  await system.configure({}, { tables: ['public.on_shelf'], part, routes: [] });
  let stopping = false;
  const filled = async () =>
    (await source.query<{ count: number }>('select count(*)::int from on_shelf')).rows[0]!.count;
  const writer = (async () => {
    for (let turn = 0; !stopping; turn++)
      await source.query('update item set left_over = left_over + 1, shelf = $2 where id = $1', [
        1 + ((turn * 101) % 1_900),
        `B${turn}`,
      ]);
  })();

  // Somebody holds a row of the next batch, so that the filling is where it is killed.
  for (const [row, before] of [
    [2_500, 2_000],
    [6_400, 6_000],
  ] as const) {
    const holder = await source.connect();
    const orchestrator = await startOrchestrator();
    try {
      await holder.query('begin');
      await holder.query('select from item where id = $1 for update', [row]);
      const running = orchestrator.run(['split', 'part', name, '--config', system.configFile]);
      await expect.poll(filled, { timeout: 30_000 }).toBe(before);
      orchestrator.kill();
      expect(await running).toMatchObject({ code: undefined });
      const refused = async () => (await banyan('run')).stderr;
      // Its lock is let go of once the ledger's server sees that it is gone.
      await expect.poll(refused, { timeout: 30_000 }).toMatch(/on_shelf is not filled from public\.item yet/);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  }
  const { stdout } = await banyan('part', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ changed: true, compared: rows, different: 0 });
  stopping = true;
  await writer;
  expect(await filled()).toBe(rows);
  expect(JSON.parse((await banyan('part', '--json')).stdout)).toMatchObject({ changed: false, different: 0 });
  expect((await banyan('part', '--undo')).code).toBe(0);
});
