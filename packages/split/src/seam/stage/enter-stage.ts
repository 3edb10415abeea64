import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction, toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import { readSeamKeys } from '../read-seam-keys.ts';
import { movedKeys, readStageFacts } from './read-stage-facts.ts';
import type { SeamStage } from './seam-stage.ts';
import { prepareRecords } from './stage-record.ts';
import { type Change, stageChanges } from './stage-statements.ts';

export interface StageOptions {
  /** How long it may try to get the tables from others who hold them, in milliseconds; writers wait behind it for moments. Default 2000. */
  readonly lockTimeoutMs?: number;
}

/** What entering a stage would do; nothing is changed. */
export async function describeStage(pool: pg.Pool, stage: SeamStage): Promise<readonly Change[]> {
  return inTransactionWith(pool, {}, async (client) =>
    stageChanges(stage, await readStageFacts(client, stage)),
  );
}

/**
 * Draws the seam within the source, in one transaction: the tables move to a schema of their own, the foreign keys that the plan has
 * answered are dropped, the service's role may use what is its own. What takes it back is kept in the same transaction.
 * @returns Whether anything was changed: a stage that is entered already is left as it is.
 * @throws Invalid `schema-exists`, `table-missing`; Unavailable `postgres-lock-not-available` where somebody held a table for too long.
 */
export async function enterStage(
  pool: pg.Pool,
  stage: SeamStage,
  options: StageOptions = {},
): Promise<boolean> {
  const keys = movedKeys(stage, await readSeamKeys(pool, stage.foreignKeys));
  return inTransactionWith(pool, options, async (client) => {
    await client.query(prepareRecords);
    const known = await client.query('select from banyan_seam.stages where name = $1', [stage.name]);
    if (known.rowCount !== 0) return false;
    const changes = stageChanges(stage, await readStageFacts(client, stage));
    for (const { sql } of changes) await client.query(sql);
    await client.query('insert into banyan_seam.stages values ($1, $2, $3, $4)', [
      stage.name,
      JSON.stringify(changes.flatMap(({ undo }) => undo ?? []).reverse()),
      JSON.stringify(changes.flatMap(({ validate }) => validate ?? [])),
      JSON.stringify(keys),
    ]);
    return true;
  });
}

/** How long one lock is waited for: of two who wait for each other we are to be the one who gives up, and not the monolith. */
const lockSql = `
  select greatest(10, least($1, setting::float8 / 4))::int as ms from pg_settings where name = 'deadlock_timeout'`;

/** Runs work in a transaction without a search path; again and again, in moments, where somebody holds what it needs. */
export async function inTransactionWith<Result>(
  pool: pg.Pool,
  { lockTimeoutMs = 2_000 }: StageOptions,
  work: (client: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  for (const deadline = performance.now() + lockTimeoutMs; ; ) {
    try {
      return await inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ ms: number }>(lockSql, [lockTimeoutMs]);
        await client.query(`set local search_path = ''; set local lock_timeout = ${rows[0]!.ms}`);
        return work(client);
      });
    } catch (caught) {
      const error = toPostgresError(caught);
      if (error.code !== 'postgres-lock-not-available' || performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
