import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { awaitPosition, type Projection, project, type Schemas } from '@banyan/runtime';
import { sampleEvents } from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { postgresLeaseStore } from '../lease/postgres-lease-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { rebuildProjection, rollBackProjection } from './rebuild-projection.ts';

type Counts = Projection<Schemas, pg.PoolClient>;
const NAME = 'counts';
const fixture = fileURLToPath(new URL('./fixtures/slow-rebuild.fixture.ts', import.meta.url));

let database: PreparedDatabase;
beforeEach(async () => {
  database = await preparedDatabase();
  await database.pool.query('create table counts (stream text primary key, number integer not null)');
});
afterEach(() => database[Symbol.asyncDispose]());

/** Counts the events of each stream; the second version counts double and has a column more. */
const first: Counts = {
  name: NAME,
  tables: ['counts'],
  on: {
    Sampled: async ({ streamId }, tx) => {
      await tx.query(
        `insert into counts values ($1, 1) on conflict (stream) do update set number = counts.number + 1`,
        [streamId],
      );
    },
  },
  reset: async (tx) => void (await tx.query('truncate counts')),
};
const second: Counts = {
  ...first,
  version: 2,
  lanes: 3,
  create: async (tx) => {
    await tx.query('create table counts (stream text primary key, double integer not null, note text)');
  },
  on: {
    Sampled: async ({ streamId }, tx, { rebuilding }) => {
      await tx.query(
        `insert into counts values ($1, 2, $2) on conflict (stream) do update set double = counts.double + 2`,
        [streamId, rebuilding ? 'rebuilt' : 'followed'],
      );
    },
  },
};

const write = async (count: number, streams = 7) => {
  let position = 0n;
  for (let index = 0; index < count; index++) {
    const append = { streamId: `s-${index % streams}`, expected: 'any', events: sampleEvents('x') } as const;
    ({ position } = await postgresEventStore(database.pool).append([append]));
  }
  return position;
};
const start = (projection: Counts) => {
  const { pool } = database;
  return project(projection, { feed: postgresEventStore(pool), checkpoints: postgresCheckpointStore(pool) });
};
const reached = (position: bigint) =>
  awaitPosition(postgresCheckpointStore(database.pool), NAME, position, { timeoutMs: 45_000 });
const sum = async (column: string) => {
  const { rows } = await database.pool.query(
    `select coalesce(sum(${column}), 0)::integer as sum from counts`,
  );
  return rows[0].sum;
};

const writing = (statement: string) => async (_event: unknown, tx: pg.PoolClient) =>
  void (await tx.query(statement));

describe('a changed projection', () => {
  test('is built beside the old one, switched with its checkpoint, and taken up by the new code alone', async () => {
    await using old = start(first);
    await reached(await write(200));
    await using changed = start(second);
    const writing = write(100);
    const rebuilt = await rebuildProjection(database.pool, { projection: second, limit: 20 });
    expect(rebuilt).toMatchObject({ projection: NAME, version: 2, switched: true });
    await reached(await writing);
    expect(await sum('double')).toBe(600);
    await write(10);
    await reached(310n);
    expect(await sum('double')).toBe(620);
    const { rows } = await database.pool.query('select distinct note from counts');
    expect(rows).toEqual([{ note: 'rebuilt' }]);
    const left = await database.pool.query(
      `select name, version from banyan.subscriptions union all select nspname, null from pg_namespace where nspname like '%next'`,
    );
    expect(left.rows).toEqual([{ name: NAME, version: 2 }]);
    void [old, changed];
  });

  test('is rolled back to the tables and checkpoints that were kept, and forward again', async () => {
    await using old = start(first);
    await reached(await write(50));
    await rebuildProjection(database.pool, { projection: second });
    await write(5);
    expect(await rollBackProjection(database.pool, NAME)).toBe(1);
    await reached(await write(5));
    expect(await sum('number')).toBe(60);
    await old.stop();
    expect(await rollBackProjection(database.pool, NAME)).toBe(2);
    await using changed = start(second);
    await reached(60n);
    expect(await sum('double')).toBe(120);
    void changed;
  });

  test('is compared row by row with the one in use, and dropped after a trial', async () => {
    await using old = start(first);
    await reached(await write(50));
    await database.pool.query(`update counts set number = number + 1 where stream = 's-1'`);
    const options = { projection: first, compare: true, dryRun: true };
    const { compared, switched } = await rebuildProjection(database.pool, options);
    expect({ compared, switched }).toEqual({
      switched: false,
      compared: [{ table: 'counts', rowsBefore: 7, rowsAfter: 7, missing: 1, extra: 1 }],
    });
    await reached(await write(1));
    expect(await sum('number')).toBe(52);
    await rebuildProjection(database.pool, { projection: first });
    expect(await sum('number')).toBe(51);
    await reached(await write(1));
    expect(await sum('number')).toBe(52);
    void old;
  });

  test('changes nothing when it is interrupted, and is built from the beginning the next time', async () => {
    await reached(0n);
    await write(30);
    const ending = new AbortController();
    const slow: Counts = {
      ...second,
      on: {
        Sampled: async (event, tx, run) => {
          await second.on.Sampled!(event as never, tx, run);
          if (event.position === 20n) ending.abort(new Error('interrupted'));
        },
      },
    };
    const options = { projection: slow, signal: ending.signal, limit: 1 };
    await expect(rebuildProjection(database.pool, options)).rejects.toThrow('interrupted');
    expect(await sum('number')).toBe(0);
    await rebuildProjection(database.pool, { projection: second });
    expect(await sum('double')).toBe(60);
  });

  test('is cleared away by the next rebuild when its process was killed, and never runs twice at once', {
    timeout: 120_000,
  }, async () => {
    await write(30);
    const env = { ...process.env, URL: database.url };
    const child = spawn(process.execPath, fromSource(fixture), { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout!, 'data');
      const again = rebuildProjection(database.pool, { projection: second });
      await expect(again).rejects.toMatchObject({ code: 'rebuild-runs' });
      const back = rollBackProjection(database.pool, NAME);
      await expect(back).rejects.toMatchObject({ code: 'rebuild-runs' });
    } finally {
      child.kill('SIGKILL');
    }
    expect(await sum('number')).toBe(0);
    const rebuild = () =>
      rebuildProjection(database.pool, { projection: second }).then(
        ({ switched }) => switched,
        ({ code }) => code,
      );
    await expect.poll(rebuild, { timeout: 90_000, interval: 500 }).toBe(true);
    expect(await sum('double')).toBe(60);
    const { rows } = await database.pool.query(`select nspname from pg_namespace where nspname like '%next'`);
    expect(rows).toEqual([]);
  });

  test('goes on in no more lanes than the new version can stand, and all of them in its hands', async () => {
    const { pool } = database;
    const leases = postgresLeaseStore(pool);
    const run = (projection: Counts, lanes: number) =>
      project(projection, {
        feed: postgresEventStore(pool),
        checkpoints: postgresCheckpointStore(pool),
        leases,
        lanes,
      });
    await using old = run(first, 5);
    await reached(await write(10));
    await using changed = run(second, 5);
    await reached(await write(20));
    await rebuildProjection(pool, { projection: second });
    expect((await postgresCheckpointStore(pool).load(NAME)).lanes).toBe(3);
    await reached(await write(30));
    expect(await sum('double')).toBe(120);
    await rollBackProjection(pool, NAME);
    expect((await postgresCheckpointStore(pool).load(NAME)).lanes).toBe(5);
    await reached(60n);
    expect(await sum('number')).toBe(60);
    void [old, changed];
  });

  test('is switched to only where rows are equal, if that is asked for', async () => {
    await using old = start(first);
    await reached(await write(20));
    const equal = { projection: { ...first, version: 2 }, onlyIfEqual: true };
    await database.pool.query(`delete from counts where stream = 's-1'`);
    const refused = await rebuildProjection(database.pool, equal);
    expect(refused).toMatchObject({ switched: false, compared: [{ missing: 0, extra: 1 }] });
    await database.pool.query(`insert into counts values ('s-1', 3)`);
    expect(await rebuildProjection(database.pool, equal)).toMatchObject({ switched: true, version: 2 });
    void old;
  });

  test('misses no event that is handled inline, and leaves the rest to the new code', async () => {
    const { pool } = database;
    const inline = postgresEventStore(pool, { inline: [first] });
    let writing = true;
    const appending = (async () => {
      let count = 0;
      while (writing) {
        const append = { streamId: `s-${count % 7}`, expected: 'any', events: sampleEvents('x') } as const;
        await inline.append([append]);
        count += 1;
      }
      return count;
    })();
    await expect.poll(() => sum('number')).toBeGreaterThan(20);
    await rebuildProjection(pool, { projection: second });
    const seen = await sum('double');
    await expect.poll(() => postgresEventStore(pool).head()).toBeGreaterThan(BigInt(seen) / 2n + 5n);
    writing = false;
    const count = await appending;
    expect(await sum('double')).toBe(seen);
    await using changed = start(second);
    await reached(BigInt(count));
    expect(await sum('double')).toBe(2 * count);
    void changed;
  });

  test('keeps the rights on its tables', async () => {
    const role = `reader_${process.pid}`;
    await database.pool.query(`create role ${role}`);
    try {
      await database.pool.query(`grant select on counts to ${role}`);
      await rebuildProjection(database.pool, { projection: second });
      const { rows } = await database.pool.query(
        `select has_table_privilege($1, 'public.counts', 'select') as may`,
        [role],
      );
      expect(rows).toEqual([{ may: true }]);
    } finally {
      await database.pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });

  test.each<[string, Partial<Counts>, string | undefined, string]>([
    ['names no tables', { tables: [] }, undefined, 'projection-tables'],
    [
      'has a table that is not there',
      { tables: ['nothing'], create: undefined },
      undefined,
      'projection-tables-missing',
    ],
    ['is read by a view', {}, 'create view seen as select * from counts', 'projection-tables-used'],
    [
      'is referred to by a foreign key',
      {},
      'create table other (stream text references counts)',
      'projection-tables-used',
    ],
    [
      'would share a sequence',
      { create: undefined },
      'alter table counts add column number_of serial',
      'projection-sequence',
    ],
    [
      'writes to the table in use',
      { on: { Sampled: writing(`insert into public.counts values ('wrong', 1) on conflict do nothing`) } },
      undefined,
      'projection-wrote-elsewhere',
    ],
    [
      'writes to a table that it does not list',
      { on: { Sampled: writing(`insert into audit values ('rebuilt')`) } },
      'create table audit (note text)',
      'projection-wrote-elsewhere',
    ],
  ])('is refused when it %s, and nothing is changed', async (_what, change, statement, code) => {
    await write(3);
    if (statement !== undefined) await database.pool.query(statement);
    const projection = { ...second, ...change };
    await expect(rebuildProjection(database.pool, { projection })).rejects.toMatchObject({ code });
    expect(await sum('number')).toBe(0);
  });

  test('has nothing to go back to before it was rebuilt', async () => {
    await expect(rollBackProjection(database.pool, NAME)).rejects.toMatchObject({ code: 'nothing-kept' });
  });
});
