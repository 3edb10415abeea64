import { quoteLiteral } from '@banyan/postgres';
import type pg from 'pg';

/** The stages' records are kept in the source, so that a record and what it tells of are one transaction. */
export const prepareRecords = `
  create schema if not exists banyan_seam;
  create table if not exists banyan_seam.stages (
    name text primary key,
    -- the statements that take it back, in their order
    undo jsonb not null,
    -- to be checked against all rows after that, without holding up writers
    validate jsonb not null,
    keys jsonb not null)`;

/** Removes the record, and the place for records with the last of them. */
export const forgetRecord = `
  do $$ begin
    if to_regclass('banyan_seam.stages') is null then return; end if;
    if not exists (select from banyan_seam.stages) then drop schema banyan_seam cascade; end if;
  end $$`;

/** Removes the record of a stage that can't be taken back any more. */
export function forgetStage(name: string): string {
  return `
  do $$ begin
    if to_regclass('banyan_seam.stages') is null then return; end if;
    delete from banyan_seam.stages where name = ${quoteLiteral(name)};
  end $$`;
}

/** Whether there is a place for records. */
export async function stagesExist(client: pg.Pool | pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ yes: boolean }>(
    `select to_regclass('banyan_seam.stages') is not null as yes`,
  );
  return rows[0]!.yes;
}

/** Whether a stage is drawn now. */
export async function isStageDrawn(client: pg.Pool | pg.ClientBase, name: string): Promise<boolean> {
  if (!(await stagesExist(client))) return false;
  const { rows } = await client.query('select from banyan_seam.stages where name = $1', [name]);
  return rows.length > 0;
}
