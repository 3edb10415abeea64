import { collectStream, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

test('one of several processes that race with one command id writes, and all get its result', async () => {
  const pools = [1, 2, 3, 4].map(() => connect(database.url, { max: 1 }));
  const streamId = uniqueName('raced');
  const commandId = uniqueName('command');
  const results = await Promise.all(
    pools.map((pool, racer) =>
      postgresEventStore(pool).append(
        [{ streamId, expected: 'any', events: sampleEvents(`racer ${racer}`) }],
        { commandId },
      ),
    ),
  );
  expect(results.filter(({ repeated }) => repeated === undefined)).toHaveLength(1);
  expect(new Set(results.map(({ position }) => position)).size).toBe(1);
  expect(await collectStream(postgresEventStore(pools[0]!), streamId)).toHaveLength(1);
  await Promise.all(pools.map((pool) => pool.end()));
});

test('command ids are forgotten when they are older than the policy says, and no others', async () => {
  const [old, young] = [uniqueName('old'), uniqueName('young')];
  const append = (commandId: string) =>
    // Every store looks for what is to be forgotten at its first command.
    postgresEventStore(database.pool, { rememberCommandsMs: 24 * 60 * 60_000 }).append(
      [{ streamId: uniqueName('forgetful'), expected: 'absent', events: sampleEvents('a') }],
      { commandId },
    );
  await append(old);
  await append(young);
  await database.pool.query(
    `update banyan.commands set recorded_at = recorded_at - interval '25 hours' where command_id = $1`,
    [old],
  );
  await append(uniqueName('third'));
  const known = async () => {
    const { rows } = await database.pool.query('select command_id from banyan.commands');
    return rows.map((row) => row.command_id);
  };
  await expect.poll(known).not.toContain(old);
  expect(await known()).toContain(young);
  expect((await append(young)).repeated).toBe(true);
  expect((await append(old)).repeated).toBeUndefined();
});
