import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { awaitPosition } from '@banyan/runtime';
import { sampleEvents } from '@banyan/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';
import { randomFrom } from '../change-feed/fixtures/random.fixture.ts';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresLeaseStore } from './postgres-lease-store.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
const STREAMS = 30;
const LEASE_MS = 1_000;
const fixture = fileURLToPath(new URL('./fixtures/lane-instance.fixture.ts', import.meta.url));

let database: PreparedDatabase;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  database = await preparedDatabase();
  // No unique key: a doubled effect must show itself and not be refused.
  await database.pool.query(`create table effects (
    number bigint generated always as identity, stream_id text, version integer, position bigint, pid integer)`);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database[Symbol.asyncDispose]();
});

async function startInstance(): Promise<ChildProcess> {
  const env = { ...process.env, URL: database.url, LANES: '5', LEASE_MS: String(LEASE_MS) };
  const child = spawn(process.execPath, fromSource(fixture), { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  await once(child.stdout!, 'data');
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

const owners = async () => {
  const held = await postgresLeaseStore(database.pool).held('lanes of effects');
  const counts = new Map<string, number>();
  for (const { holder } of held) counts.set(holder, (counts.get(holder) ?? 0) + 1);
  return [...counts.values()].sort();
};

test(`instances that are killed, frozen, thawed and ended apply every event once and in its stream's order (SEED=${SEED})`, async () => {
  const { pick, below, next } = randomFrom(SEED);
  const store = postgresEventStore(database.pool);
  const write = async (events: number) => {
    let position = 0n;
    for (let index = 0; index < events; index++) {
      const append = {
        streamId: `order-${below(STREAMS)}`,
        expected: 'any',
        events: sampleEvents('x'),
      } as const;
      ({ position } = await store.append([append]));
    }
    return position;
  };
  let running = await Promise.all([1, 2, 3].map(startInstance));
  await expect.poll(owners).toEqual([1, 2, 2]);
  const frozen: ChildProcess[] = [];

  for (let turn = 0; turn < 12; turn++) {
    const writing = write(40 + below(60));
    const victim = pick(running);
    const action = pick(['kill', 'freeze', 'freeze', 'thaw', 'end'] as const);
    // Somewhere in what it does with these events.
    await new Promise((resolve) => setTimeout(resolve, next() * 60));
    if (action === 'thaw') for (const child of frozen.splice(0)) running.push(resume(child));
    else {
      running = running.filter((child) => child !== victim);
      if (action === 'freeze') frozen.push(stop(victim));
      else await ended(victim, action === 'kill' ? 'SIGKILL' : 'SIGTERM');
      if (running.length < 2) running.push(await startInstance());
    }
    await writing;
  }
  const position = await write(20);
  for (const child of frozen.splice(0)) running.push(resume(child));
  await awaitPosition(postgresCheckpointStore(database.pool), 'effects', position, { timeoutMs: 60_000 });
  await Promise.all(running.map((child) => ended(child, 'SIGTERM')));
  expect(await owners()).toEqual([]);

  const missing = await database.pool.query(
    `select position from banyan.events except select position from effects`,
  );
  const doubled = await database.pool.query(
    'select position, array_agg(pid) from effects group by position having count(*) > 1',
  );
  const outOfOrder = await database.pool.query(`select stream_id, version from (
      select *, lag(version) over (partition by stream_id order by number) as before from effects) e
    where version <> coalesce(before, 0) + 1`);
  expect({ missing: missing.rows, doubled: doubled.rows, outOfOrder: outOfOrder.rows }).toEqual({
    missing: [],
    doubled: [],
    outOfOrder: [],
  });
}, 180_000);

function stop(child: ChildProcess): ChildProcess {
  child.kill('SIGSTOP');
  return child;
}

function resume(child: ChildProcess): ChildProcess {
  child.kill('SIGCONT');
  return child;
}
