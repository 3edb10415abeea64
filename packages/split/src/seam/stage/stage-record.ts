import type pg from 'pg';

/** Whether there is a place for records. */
export async function stagesExist(client: pg.Pool | pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ yes: boolean }>(
    `select to_regclass('banyan_seam.stages') is not null as yes`,
  );
  return rows[0]!.yes;
}
