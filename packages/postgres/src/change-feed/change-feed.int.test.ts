import type { ChangeEntry, RowChange } from '@banyan/runtime';
import { describe, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { testDatabase } from '../testing/test-database.ts';
import {
  eventually,
  readUntil,
  slotState,
  snapshotOf,
  source,
  transactionsOf,
} from './fixtures/source.fixture.ts';
import { sourcePosition } from './source-position.ts';

const items = 'create table item (id integer primary key, title text)';

function apply(rows: Map<string, unknown>, change: RowChange): void {
  if (change.op === 'truncate') rows.clear();
  else if (change.op === 'delete') rows.delete(change.old.id!);
  else {
    if (change.op === 'insert' && rows.has(change.row.id!))
      throw new Error(`row ${change.row.id} came twice`);
    rows.set(change.row.id!, change.row);
  }
}

function tableOf(entries: readonly ChangeEntry[]): Map<string, unknown> {
  const rows = new Map<string, unknown>();
  for (const entry of entries) {
    if (entry.kind === 'snapshot-rows')
      for (const row of entry.rows) apply(rows, { op: 'insert', table: '', row });
    if (entry.kind === 'transaction') for (const change of entry.changes) apply(rows, change);
  }
  return rows;
}

describe('a change feed', () => {
  test('gives a snapshot and what was committed since, once and in order, while others write', async () => {
    await using db = await source(
      `${items}; insert into item select n, 'old' from generate_series(1, 3000) n`,
    );
    let writing = true;
    const write = async (first: number) => {
      for (let id = first; writing; id += 4) {
        await db.pool.query('insert into item values ($1, $2)', [id, `new ${id}`]);
        await db.pool.query('update item set title = $2 where id = $1', [id % 3000, `changed ${id}`]);
        if (id % 3 === 0) await db.pool.query('delete from item where id = $1', [id]);
      }
    };
    const writers = [10_001, 10_002, 10_003, 10_004].map(write);
    let end: bigint | undefined;
    let seen = 0;
    const entries = await readUntil(db.feed(['public.item']), 0n, async (batch) => {
      seen += transactionsOf(batch.entries).length;
      if (seen > 300 && writing) {
        writing = false;
        await Promise.all(writers);
        end = await sourcePosition(db.pool);
      }
      return end !== undefined && batch.position >= end;
    });

    const { rows } = await db.pool.query('select id::text, title from item');
    expect(tableOf(entries)).toEqual(new Map(rows.map((row) => [row.id, row])));
    const positions = transactionsOf(entries).map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].sort((one, two) => (one < two ? -1 : 1)));
    const start = entries.find(({ kind }) => kind === 'snapshot-end')!.position;
    expect(positions.every((position) => position > start)).toBe(true);
  });

  test('is not held up by idle open transactions, here or in another database', async () => {
    await using db = await source(items);
    await using other = await testDatabase();
    const feed = db.feed(['public.item']);
    const after = await snapshotOf(feed);
    const here = await db.session();
    await here.query("begin; insert into item values (1, 'open')");
    const elsewhere = connect(other.url, { max: 1 });
    const there = await elsewhere.connect();
    await there.query('begin; create table somebody (id integer)');
    await db.pool.query("insert into item values (2, 'committed')");

    const entries = await readUntil(feed, after, ({ entries }) => entries.length > 0);
    expect(transactionsOf(entries).flatMap(({ changes }) => changes)).toEqual([
      { op: 'insert', table: 'public.item', row: { id: '2', title: 'committed' } },
    ]);
    await here.query('commit');
    const later = await readUntil(
      feed,
      transactionsOf(entries)[0]!.position,
      ({ entries }) => entries.length > 0,
    );
    expect(tableOf(later)).toEqual(new Map([['1', { id: '1', title: 'open' }]]));
    there.release(true);
    await elsewhere.end();
  });

  test('pins no log for tables that nobody writes while others are written', async () => {
    await using db = await source(`${items}; create table busy (n integer)`);
    const ending = new AbortController();
    const feed = db.feed(['public.item']);
    const reading = (async () => {
      for await (const { position } of feed.read({ after: 0n, signal: ending.signal }))
        await feed.confirm?.(position);
    })();
    await eventually(async () => (await slotState(db))?.confirmed != null);
    const before = (await slotState(db))!;
    await eventually(async () => {
      await db.pool.query('insert into busy select generate_series(1, 100)');
      // It writes what the server writes by itself every 15 seconds: which transactions are under way.
      await db.pool.query('checkpoint');
      const { rows } = await db.pool.query(
        `select confirmed_flush_lsn > $2 and restart_lsn > $3 as moved from pg_replication_slots where slot_name = $1`,
        [db.slot, before.confirmed, before.restart],
      );
      return rows[0].moved;
    });
    ending.abort();
    await reading;
  });

  test('moves on without a transaction when only its own heartbeat writes', async () => {
    await using db = await source(items);
    const positions: bigint[] = [];
    const entries = await readUntil(db.feed(['public.item'], { heartbeatMs: 50 }), 0n, ({ position }) => {
      if (position > 0n) positions.push(position);
      return positions.length > 3;
    });
    expect(transactionsOf(entries)).toEqual([]);
    expect(new Set(positions).size).toBe(4);
  });
});
