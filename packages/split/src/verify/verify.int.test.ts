import { applyRowWrites, changeFeed, postgresCheckpointStore } from '@banyan/postgres';
import { preparedDatabase } from '@banyan/postgres/testing';
import { type RowTranslator, rowChangesOf, subscribeToChanges } from '@banyan/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyRows } from './verify.ts';

type Database = Awaited<ReturnType<typeof preparedDatabase>>;

const schema = `create table "Odd items" (
  id int, part text, price numeric(10,2), tags text[], doc jsonb, at timestamptz, note text, primary key (id, part))`;
const table = 'public.Odd items';

const translate: RowTranslator = (change) => {
  if (change.op === 'truncate') return [{ op: 'truncate', table }];
  const source = change.op === 'delete' ? change.old : change.row;
  const { id = null, part = null, ...row } = source;
  const key = { id, part };
  return change.op === 'delete' ? [{ op: 'delete', table, key }] : [{ op: 'upsert', table, key, row }];
};

describe('verifying row by row at a matched position', () => {
  let source: Database;
  let target: Database;
  let name: string;
  let options: Parameters<typeof verifyRows>[0];
  let follow: () => AsyncDisposable;

  beforeEach(async () => {
    [source, target] = [await preparedDatabase(), await preparedDatabase()];
    name = `v${Math.random().toString(36).slice(2, 10)}`;
    await source.pool.query(schema);
    await target.pool.query(schema);
    await source.pool.query(`insert into "Odd items" select g, 'p' || g % 3, g / 7.0, array['a', null, 'c "d"'],
      jsonb_build_object('n', g), now() - g * interval '1 hour', case when g % 5 = 0 then null else repeat('x', g % 50) end
      from generate_series(1, 3000) g`);
    const checkpoints = postgresCheckpointStore(target.pool);
    follow = () =>
      subscribeToChanges({
        name,
        feed: changeFeed({ url: source.url, name, tables: [table] }),
        checkpoints,
        reset: async (tx) => void (await tx.query('delete from "Odd items"')),
        handle: (entries, tx) => applyRowWrites(tx, entries.flatMap(rowChangesOf).flatMap(translate)),
      });
    options = {
      source: source.url,
      target: target.url,
      checkpoints,
      subscription: name,
      tables: [table],
      into: [table],
      translate,
      batch: 700,
    };
  });

  afterEach(async () => {
    await target[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
  });

  const caughtUp = async () => {
    const rows = async (database: Database) =>
      (await database.pool.query('select count(*)::int as n from "Odd items"')).rows[0].n;
    await expect
      .poll(async () => (await rows(target)) === (await rows(source)), { timeout: 20_000 })
      .toBe(true);
  };

  test('finds both sides equal again and again while rows are written all the time', {
    timeout: 60_000,
  }, async () => {
    await using _following = follow();
    await caughtUp();
    const writing = new AbortController();
    const writer = write(source, writing.signal);
    const positions: bigint[] = [];
    for (let round = 0; round < 6; round++) {
      const found = await verifyRows(options);
      expect(found).toMatchObject({ missing: 0, different: 0, extra: 0, samples: [] });
      expect(found.compared).toBeGreaterThan(2000);
      positions.push(found.position);
    }
    writing.abort();
    expect(await writer).toBeGreaterThan(20);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => (a < b ? -1 : 1)));
  });

  test('finds exactly the rows that are missing, different and extra, and names them', async () => {
    await using _following = follow();
    await caughtUp();
    await target.pool.query('delete from "Odd items" where id in (10, 20)');
    await target.pool.query(`update "Odd items" set price = price + 0.01, note = 'other' where id = 30`);
    await target.pool.query(`update "Odd items" set doc = '{"n": 41}' where id = 40`);
    await target.pool.query(`insert into "Odd items" (id, part) values (99999, 'nobody''s')`);
    const progress: number[] = [];
    let rests = 0;
    const found = await verifyRows({
      ...options,
      batch: 1000,
      onProgress: (_compared, read) => progress.push(read),
      async leaveRoom(tookMs) {
        rests++;
        expect(tookMs).toBeGreaterThan(0);
      },
    });
    expect({ progress, rests }).toEqual({ progress: [1000, 2000, 3000], rests: 3 });
    expect(found).toMatchObject({ compared: 3000, missing: 2, different: 2, extra: 1 });
    const named = found.samples.map(
      ({ kind, key, columns }) => `${kind} ${/\d+/.exec(key)?.[0]} ${columns.join('+')}`,
    );
    expect(named.sort()).toEqual([
      'different 30 price+note',
      'different 40 doc',
      'extra 99999 ',
      'missing 10 ',
      'missing 20 ',
    ]);
  });

  test('gives up on a subscription that does not run, and leaves no hold behind', async () => {
    const following = follow();
    await caughtUp();
    await following[Symbol.asyncDispose]();
    await source.pool.query('delete from "Odd items" where id < 5');
    await expect(verifyRows({ ...options, timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'position-not-reached',
    });
    expect((await options.checkpoints.load(name)).holdAt).toBeUndefined();
    await using _again = follow();
    await caughtUp();
    expect(await verifyRows(options)).toMatchObject({ missing: 0, different: 0, extra: 0 });
  });
});

/** Writes until it is told to stop; returns how many transactions there were. */
async function write({ pool }: Database, signal: AbortSignal): Promise<number> {
  let written = 0;
  for (; !signal.aborted; written++) {
    const id = 1 + ((written * 7919) % 3000);
    await pool.query(`update "Odd items" set price = price + 1, at = now() where id = $1`, [id]);
    if (written % 3 === 0)
      await pool.query('delete from "Odd items" where id = $1', [1 + ((id * 31) % 3000)]);
    if (written % 4 === 0) {
      await pool.query(`insert into "Odd items" (id, part) values ($1, 'new') on conflict do nothing`, [
        5000 + id,
      ]);
    }
  }
  return written;
}
