import { expect, test } from 'vitest';
import { splitSystem } from '../testing/split-system.ts';
import { startWriters } from '../testing/split-writers.ts';

test('rows are compared while they are written: nothing is found at first, and then exactly what somebody did past the fence', {
  timeout: 120_000,
}, async () => {
  await using system = await splitSystem(12_000);
  const { target, banyan } = system;
  expect(await banyan('verify')).toMatchObject({ code: 1, stderr: expect.stringMatching(/Nothing follows/) });
  const writers = startWriters(system, { clients: 2, pauseMs: 1, stocks: 3 });
  const run = await banyan('run');
  expect(run.code, run.stderr).toBe(0);
  const seen = writers.written.size;
  for (let round = 0; round < 3; round++) {
    const { stdout, code } = await banyan('verify', '--json');
    expect(JSON.parse(stdout).error).toBeUndefined();
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, missing: 0, extra: 0, different: 0 });
    expect(JSON.parse(stdout).compared).toBeGreaterThanOrEqual(24_000);
  }
  expect(writers.written.size).toBeGreaterThan(seen);

  await target.query(`set session_replication_role = replica;
    delete from movement where id in (10, 11000); update stock set item = 'other' where id = 5000;
    insert into stock (id, item) values (999999, 'nobody''s'); reset session_replication_role`);
  const found = await banyan('verify');
  await writers.stop();
  expect(found).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/ rows compared: 2 missing, 1 extra, 1 different/),
  });
  expect(
    found.stdout
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .filter(Boolean)
      .sort(),
  ).toEqual([
    'different public.stock {"id":"5000"} in item',
    'extra public.stock {"id":"999999"}',
    'missing public.movement {"id":"10"}',
    'missing public.movement {"id":"11000"}',
  ]);
  expect(writers.wrong).toEqual([]);
});
