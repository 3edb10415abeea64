import { expect, test } from 'vitest';
import { startOrchestrator } from '../kill-matrix/orchestrator.ts';
import { splitSystem } from '../testing/split-system.ts';

test('a comparison that is killed goes on after the last range that was equal, unless that is long ago, the owner has changed, or all rows are asked for', {
  timeout: 120_000,
}, async () => {
  await using system = await splitSystem(12_000);
  const { target, name, banyan } = system;
  expect(await banyan('run')).toMatchObject({ code: 0 });
  const journal = `banyan_split_${name}.verifying`;
  const points = async () =>
    (await target.query(`select point from ${journal}`)).rows.map(({ point }) => point);
  expect(await points()).toEqual([]);

  // Somebody holds the second table, so that the comparison is there when it is killed.
  const holder = await target.connect();
  const orchestrator = await startOrchestrator();
  try {
    await holder.query('begin; lock table movement');
    const running = orchestrator.run(['split', 'verify', name, '--config', system.configFile]);
    await expect
      .poll(points, { timeout: 30_000 })
      .toMatchObject([{ table: 'public.movement', counts: { compared: 12_000, ranges: 3 } }]);
    orchestrator.kill();
    expect(await running).toMatchObject({ code: undefined });
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  // Somebody writes past the fence: in what was compared already, and in what was not.
  await target.query(`create table as_it_was as select * from ${journal}; set session_replication_role = replica;
    delete from stock where id = 7; delete from movement where id = 8000; reset session_replication_role`);
  const interrupted = (change = '') =>
    target.query(
      `insert into ${journal} select * from as_it_was; update ${journal} set owner = owner ${change}`,
    );
  const missing = async (...flags: string[]) =>
    JSON.parse((await banyan('verify', '--json', ...flags)).stdout).missing;

  const resumed = await banyan('verify');
  expect(resumed).toMatchObject({ code: 1, stderr: '' });
  expect(resumed.stdout).toMatch(/^24,000 rows compared: 1 missing/);
  expect(resumed.stdout).toMatch(
    /12,000 of them were found equal before this was interrupted; --again compares all/,
  );
  expect(resumed.stdout).toMatch(/missing public\.movement/);
  expect(await points()).toEqual([]);
  await interrupted();
  expect(await missing()).toBe(1);
  await interrupted();
  expect(await missing('--again')).toBe(2);
  await interrupted(`, begun_at = now() - interval '25 hours'`);
  expect(await missing()).toBe(2);
  await interrupted(`, epoch = 'before the owner changed'`);
  expect(await missing()).toBe(2);
});
