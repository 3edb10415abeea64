import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction, quoteIdentifier, quoteLiteral, quoteTable, toPostgresError } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type pg from 'pg';
import { ask } from '../sides/run-statements.ts';
import { boundaryQuery, type Key, within } from '../verify-live/range-statements.ts';
import { comparedTable } from '../verify-live/table-key.ts';
import { forthColumns, type Part, partSchema } from './part.ts';
import {
  comparePartSql,
  dropExtensionSql,
  enterPartStatements,
  fillStatement,
  leavePartStatements,
  type PartedType,
} from './part-statements.ts';

/** Rows whose writers wait at a time while the new table is filled. */
const batchRows = 2_000;

const typesSql = `
  select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
  where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`;

/** How parting a table stands: not begun, being filled, or done. */
export type PartState = 'none' | 'filling' | 'done';

const stateSql =
  'select obj_description(to_regnamespace($1), $2) as note, to_regnamespace($1) is not null as there';

/** Looks how far it is. */
export async function partState(pool: pg.Pool, part: Pick<Part, 'name'>): Promise<PartState> {
  const [row] = await ask<{ note: string | null; there: boolean }>(pool, stateSql, [
    partSchema(part),
    'pg_namespace',
  ]);
  if (row?.there !== true) return 'none';
  return row.note?.startsWith('done') ? 'done' : 'filling';
}

/**
 * Makes columns of a table a table of their own, within the source's database, while both are written: from then on a change of either
 * is one of the other, in the same transaction. The new table then can leave by a split, and the unchanged monolith goes on writing
 * the old columns: what it writes reaches the new owner through a foreign table. May be repeated: it goes on where it was.
 * @returns Whether there was anything to do.
 * @throws Invalid `part-table-unfit`, `part-has-rows`; Unavailable `postgres-lock-not-available` where somebody held a table for 2 s.
 */
export async function enterPart(
  pool: pg.Pool,
  part: Part,
  { onProgress, signal }: { onProgress?: (rows: number) => void; signal?: AbortSignal } = {},
): Promise<boolean> {
  const state = await partState(pool, part);
  if (state === 'done') return false;
  if (state === 'none') await begin(pool, part);
  await fill(pool, part, onProgress ?? (() => undefined), signal);
  await ask(pool, noteSql(part, (await note(pool, part)).replace('filling', 'done')));
  return true;
}

const withExtension = 'with postgres_fdw';

function noteSql(part: Part, text: string): string {
  return `comment on schema ${quoteIdentifier(partSchema(part))} is ${quoteLiteral(text)}`;
}

async function note(pool: pg.Pool, part: Part): Promise<string> {
  const [row] = await ask<{ note: string | null }>(pool, stateSql, [partSchema(part), 'pg_namespace']);
  return row?.note ?? '';
}

/** What entering would do, beside filling the new table; the password is left out. */
export async function describePart(pool: pg.Pool, part: Part): Promise<readonly string[]> {
  const reach = new URL(part.reach);
  if (reach.password !== '') reach.password = '<password>';
  if (reach.searchParams.has('password')) reach.searchParams.set('password', '<password>');
  return enterPartStatements({ ...part, reach: reach.href }, await fitColumns(pool, part));
}

async function begin(pool: pg.Pool, part: Part): Promise<void> {
  const columns = await fitColumns(pool, part);
  const [row] = await ask<{ filled: boolean }>(
    pool,
    `select exists (select from ${quoteTable(part.into)}) as filled`,
  );
  if (row?.filled) {
    throw new Invalid(
      'part-has-rows',
      `${part.into} has rows already: look whose they are, then delete them.`,
    );
  }
  const had = await ask(pool, `select from pg_extension where extname = 'postgres_fdw'`);
  const noted = noteSql(part, had.length === 0 ? `filling, ${withExtension}` : 'filling');
  await withLocks(pool, part, [...enterPartStatements(part, columns), noted]);
}

async function withLocks(pool: pg.Pool, part: Part, statements: readonly string[]): Promise<void> {
  try {
    await inTransaction(pool, async (client) => {
      await client.query("set local lock_timeout = '2s'");
      const tables = [part.from, part.into].map((table) => `only ${quoteTable(table)}`).join(', ');
      await client.query(`lock table ${tables} in share row exclusive mode`);
      for (const sql of statements) await client.query(sql);
    });
  } catch (error) {
    throw toPostgresError(error);
  }
}

async function fitColumns(pool: pg.Pool, part: Part): Promise<readonly PartedType[]> {
  const columns = await ask<PartedType>(pool, typesSql, [quoteTable(part.into)]);
  const wanted = [...forthColumns(part).map(([name]) => name), 'parted'];
  const missing = wanted.filter((name) => !columns.some((column) => column.name === name));
  if (missing.length === 0) return columns;
  const what = columns.length === 0 ? 'is not there' : `has no column ${missing.join(', ')}`;
  throw new Invalid(
    'part-table-unfit',
    `${part.into} ${what}: make it with the columns ${wanted.join(', ')}, where parted is "bigint not null default 0", on both sides.`,
  );
}

async function fill(
  pool: pg.Pool,
  part: Part,
  onProgress: (rows: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const table = await comparedTable({ pool }, { name: part.from });
  let after: Key | undefined;
  let rows = 0;
  do {
    signal?.throwIfAborted();
    const boundary = boundaryQuery(table, after, batchRows);
    const [found] = await ask<{ key: Key }>(pool, boundary.text, boundary.values);
    const range = within(table, { after, upTo: found?.key });
    const added = await pool.query(fillStatement(part, range.text), [...range.values]);
    rows += added.rowCount ?? 0;
    onProgress(rows);
    after = found?.key;
  } while (after !== undefined);
}

/**
 * Takes it away again: triggers, functions, the way to the target, and the rows of the new table, which are the old one's as well.
 * @returns Whether there was anything to take away.
 */
export async function leavePart(pool: pg.Pool, part: Part): Promise<boolean> {
  if ((await partState(pool, part)) === 'none') return false;
  const isOurs = (await note(pool, part)).endsWith(withExtension);
  await withLocks(pool, part, [...leavePartStatements(part), ...(isOurs ? [dropExtensionSql] : [])]);
  return true;
}

/** What came of comparing both tables. */
export interface PartComparison {
  readonly compared: number;
  readonly different: number;
}

/**
 * Compares every row of the old table with that of the new, by what the one is made of the other. While the target owns the new one its
 * copy here is late by moments, so it is looked again for so long, in milliseconds.
 */
export async function comparePart(pool: pg.Pool, part: Part, patienceMs = 10_000): Promise<PartComparison> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const [found] = await ask<PartComparison & pg.QueryResultRow>(pool, comparePartSql(part));
    if (found!.different === 0 || performance.now() > deadline) return found!;
    await sleep(100);
  }
}
