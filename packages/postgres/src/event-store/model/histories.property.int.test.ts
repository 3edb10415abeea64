import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from '@banyan/runtime';
import { labelOf } from '@banyan/runtime/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../connect.ts';
import { type PreparedDatabase, preparedDatabase } from '../../testing/prepared-database.ts';
import { postgresEventStore } from '../postgres-event-store.ts';
import { problemsOf } from './check-history.fixture.ts';
import { follow, History, type Plan, runClient } from './history.fixture.ts';

/** `SEED=17 ROUNDS=200 npx vitest run histories.property` for more; a failure tells its seed. */
const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const rounds = Number(process.env.ROUNDS ?? 6);
const applicationName = 'client of the store';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const stream = fc.constantFrom('a', 'b', 'c');
const size = fc.integer({ min: 1, max: 3 });
const sized = fc.record({
  stream,
  expected: fc.constantFrom('any' as const, 'known', 'known', 'absent', 'present'),
  size,
});
const append: fc.Arbitrary<Plan> = fc.record({
  do: fc.constant('append' as const),
  sizes: fc.uniqueArray(sized, { selector: (each) => each.stream, minLength: 1, maxLength: 2 }),
  commandId: fc.option(fc.nat({ max: 8 }), { nil: undefined, freq: 3 }),
});
const plan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 40, arbitrary: append },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('within' as const), stream, size, commit: fc.boolean() }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('read' as const), stream }) },
  { weight: 6, arbitrary: fc.constant({ do: 'head' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), stream }) },
  { weight: 2, arbitrary: fc.constant({ do: 'cut' as const }) },
);
const clients = fc.array(fc.array(plan, { minLength: 15, maxLength: 40, size: 'max' }), {
  minLength: 4,
  maxLength: 6,
});

test('what clients are told side by side fits one order, and followers see it', {
  timeout: 60_000 + rounds * 20_000,
}, async () => {
  // What is found by chance is not found again by making the plan smaller.
  const options = { numRuns: rounds, endOnFailure: true, ...(seed !== undefined && { seed }) };
  await fc.assert(fc.asyncProperty(clients, runPlans), options);
});

async function runPlans(plans: readonly (readonly Plan[])[]): Promise<void> {
  const run = randomUUID().replaceAll('-', '');
  const start = await postgresEventStore(database.pool).head();
  // Two processes, as far as the database can tell.
  const pools = [1, 2].map(() => connect(database.url, { max: 3, applicationName }));
  const stores = pools.map((pool) => postgresEventStore(pool));
  const history = new History();
  const ending = new AbortController();
  const followers = stores.map((store) => {
    const seen: RecordedEvent[] = [];
    return { seen, ended: follow(store, start, ending.signal, seen) };
  });
  const cut = async () => {
    await database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
      [applicationName],
    );
  };
  await Promise.all(
    plans.map((each, index) =>
      runClient(each, { store: stores[index % 2]!, url: database.url, run, history, cut }),
    ),
  );
  const log = await settledLog(start);
  for (const { seen } of followers) await expect.poll(() => seen.at(-1)?.position).toBe(log.at(-1)?.position);
  ending.abort();
  await Promise.all(followers.map(({ ended }) => ended));
  for (const { seen } of followers) expect(seen.map(labelOf)).toEqual(log.map(labelOf));
  await Promise.all(pools.map((pool) => pool.end()));
  expect(problemsOf(log, history.done, run)).toEqual([]);
}

/** The log when nothing is under way any more. */
async function settledLog(start: bigint): Promise<readonly RecordedEvent[]> {
  const { pool } = database;
  const busy = `select (select count(*) from banyan.outbox) + (select count(*) from pg_stat_activity
    where application_name = $1 and state <> 'idle' and datname = current_database()) as busy`;
  await expect.poll(async () => (await pool.query(busy, [applicationName])).rows[0].busy).toBe('0');
  const store = postgresEventStore(pool);
  const head = await store.head();
  const log: RecordedEvent[] = [];
  if (head === start) return log;
  for await (const { entries, position } of store.read({ after: start })) {
    log.push(...entries);
    if (position >= head) break;
  }
  return log;
}
