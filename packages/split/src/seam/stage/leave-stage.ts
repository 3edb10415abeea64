import { toPostgresError } from '@banyan/postgres';
import { Rejected } from '@banyan/runtime';
import type pg from 'pg';
import { inTransactionWith, type StageOptions } from './enter-stage.ts';
import { forgetRecord, stagesExist } from './stage-record.ts';

interface Kept {
  readonly undo: readonly string[];
  readonly validate: readonly string[];
}

/**
 * Takes a stage back: the tables return, the foreign keys hold for new rows at once, and are then checked against the rows that are there
 * without holding up writers. May be repeated until it succeeds.
 * @returns Whether there was anything to take back.
 * @throws Rejected `orphans-in-the-way` where a row has lost its parent meanwhile; everything else is back by then.
 */
export async function leaveStage(pool: pg.Pool, name: string, options: StageOptions = {}): Promise<boolean> {
  if (!(await stagesExist(pool))) return false;
  const kept = await inTransactionWith(pool, options, async (client) => {
    const { rows } = await client.query<Kept>(
      'select undo, validate from banyan_seam.stages where name = $1 for update',
      [name],
    );
    for (const sql of rows[0]?.undo ?? []) await client.query(sql);
    await client.query(`update banyan_seam.stages set undo = '[]' where name = $1`, [name]);
    return rows[0];
  });
  if (kept === undefined) return false;
  for (const sql of kept.validate) await validate(pool, sql);
  await inTransactionWith(pool, options, async (client) => {
    await client.query('delete from banyan_seam.stages where name = $1', [name]);
    await client.query(forgetRecord);
  });
  return true;
}

async function validate(pool: pg.Pool, sql: string): Promise<void> {
  try {
    await pool.query(sql);
  } catch (error) {
    if ((error as { code?: string }).code !== '23503') throw toPostgresError(error);
    throw new Rejected(
      'orphans-in-the-way',
      `A foreign key can't be as it was, because a row has lost its parent meanwhile: ${(error as Error).message} ` +
        `(${(error as { detail?: string }).detail}). Run banyan split check NAME --apply, or mend the rows, then run this again.`,
      { cause: error },
    );
  }
}
