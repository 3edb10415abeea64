import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { leaveRoom } from './leave-room.ts';

test.each([
  ['a role that sees all', 'reset role'],
  ['a role that does not see what sessions of others do', 'set role pg_signal_backend'],
])(
  'who works in pieces as %s rests while others are at work on the server, and can be stopped then',
  async (_who, asRole) => {
    await using database = await testDatabase();
    await using pools = {
      pool: connect(database.url),
      async [Symbol.asyncDispose]() {
        await this.pool.end();
      },
    };
    const { pool } = pools;
    const [ours, other] = [await pool.connect(), await pool.connect()];
    const stop = new AbortController();
    try {
      const working = other.query('select pg_sleep(600)').catch((error: unknown) => error);
      await ours.query(asRole);
      const room = leaveRoom(ours, 0.5, stop.signal);
      await expect
        .poll(
          async () => {
            const began = performance.now();
            await room.leave(100);
            return performance.now() - began;
          },
          { timeout: 30_000 },
        )
        .toBeGreaterThanOrEqual(99);
      const resting = room.leave(60_000);
      stop.abort(new Error('enough'));
      await expect(resting).rejects.toThrow('enough');
      await leaveRoom(ours, 1).leave(600_000);
      await pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep(600)%' and datname = current_database()",
      );
      await working;
    } finally {
      ours.release();
      other.release(true);
    }
  },
);
