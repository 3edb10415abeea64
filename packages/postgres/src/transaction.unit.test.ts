import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { withClient } from './transaction.ts';

test('a connection that breaks while it is being lent is thrown away, and does not end the process', async () => {
  const released: unknown[] = [];
  const client = Object.assign(new EventEmitter(), {
    release: (error: unknown) => void released.push(error),
  });
  const broken = new Error('terminating connection');
  // One packet of the server may hold the answer to the one before and the end of the connection.
  const connect = (lent: (error: undefined, client: unknown) => void) => {
    lent(undefined, client);
    client.emit('error', broken);
  };
  expect(await withClient({ connect } as unknown as pg.Pool, async () => 'done')).toBe('done');
  expect(released).toEqual([broken]);
});
