import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { createSlot } from './create-slot.ts';
import { textSettings } from './text-settings.ts';

/** The source exactly as of one position of its log. */
export interface MatchedSnapshot extends AsyncDisposable {
  readonly position: bigint;
  /** In a read-only transaction on the snapshot, writing values as the log does. */
  readonly client: pg.Client;
}

/**
 * Opens a snapshot whose position in the log is known exactly: it holds the transactions up to the position, and none after.
 * Made through a temporary slot that is gone again when this returns. The server ends it when it was not used for ten minutes.
 * @throws Unavailable `slot-blocked` when an open transaction keeps the server from giving one in time.
 */
export async function matchedSnapshot(url: string, options: { timeoutMs: number }): Promise<MatchedSnapshot> {
  const name = `banyan_verify_${randomUUID().slice(0, 8)}`;
  const slot = await createSlot(url, name, { temporary: true, timeoutMs: options.timeoutMs });
  try {
    const client = await importSnapshot(url, slot.snapshot);
    return { position: slot.position, client, [Symbol.asyncDispose]: () => client.end() };
  } finally {
    await slot.connection.close();
  }
}

// A snapshot keeps the source from cleaning up: one whose holder was frozen must not do so for good. Rows that a policy would
// hide must fail the reading and not be left out.
const boundedSettings = `
  set idle_in_transaction_session_timeout = '10min'; set statement_timeout = 0; set lock_timeout = '2s'; set row_security = off;`;

/** Opens a read-only transaction on an exported snapshot. */
export async function importSnapshot(url: string, snapshot: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'banyan snapshot',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(textSettings + boundedSettings);
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set transaction snapshot ${client.escapeLiteral(snapshot)}`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw toPostgresError(error);
  }
}
