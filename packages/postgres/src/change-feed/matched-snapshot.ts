import { randomUUID } from 'node:crypto';
import { BanyanError } from '@banyan/runtime';
import pg from 'pg';
import { connect } from '../connect.ts';
import { toPostgresError } from '../errors.ts';
import { createSlot } from './create-slot.ts';
import { lockTables } from './lock-tables.ts';
import { textSettings } from './text-settings.ts';

/** The source exactly as of one position of its log. */
export interface MatchedSnapshot extends AsyncDisposable {
  readonly position: bigint;
  /** In a read-only transaction on the snapshot, writing values as the log does. */
  readonly client: pg.Client;
}

/** What a matched snapshot is wanted of. */
export interface MatchedSnapshotOptions {
  /** How long the source may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The tables that will be read: they are kept from being truncated and altered until the snapshot is closed. */
  readonly tables: readonly string[];
}

/**
 * Opens a snapshot whose position in the log is known exactly: it holds the transactions up to the position, and none after.
 * Made through a temporary slot that is gone again when this returns. The server ends it when it was not used for ten minutes.
 * @throws Unavailable `slot-blocked` when an open transaction keeps the server from giving one in time, `table-locked`,
 * `table-rewritten` when tables were truncated or altered all the time.
 */
export async function matchedSnapshot(
  url: string,
  { timeoutMs, tables }: MatchedSnapshotOptions,
): Promise<MatchedSnapshot> {
  const deadline = performance.now() + timeoutMs;
  const pool = connect(url, { max: 1, applicationName: 'banyan snapshot' });
  try {
    for (;;) {
      const left = Math.max(1, deadline - performance.now());
      const snapshot = await unlocked(url, left);
      try {
        await lockTables(snapshot.client, pool, tables);
        return snapshot;
      } catch (error) {
        await snapshot[Symbol.asyncDispose]();
        const again = error instanceof BanyanError && error.retryable && performance.now() < deadline;
        if (!again) throw toPostgresError(error);
      }
    }
  } finally {
    await pool.end();
  }
}

async function unlocked(url: string, timeoutMs: number): Promise<MatchedSnapshot> {
  const name = `banyan_verify_${randomUUID().slice(0, 8)}`;
  const slot = await createSlot(url, name, { temporary: true, timeoutMs });
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
