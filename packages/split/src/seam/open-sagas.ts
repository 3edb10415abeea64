import { inTransaction, quoteTable } from '@banyan/postgres';
import type pg from 'pg';
import type { SeamChoices } from './choices.ts';

/** Rows are counted up to here. */
const mostCounted = 10_000;
const readOnly = `begin transaction read only; set local statement_timeout = '5s'; set local lock_timeout = '1s'`;

/** A table that stays, and by which one tells what still waits for the other side. */
export interface WatchedSaga {
  /** `schema.table`. */
  readonly table: string;
  /** The condition for a row that waits. */
  readonly open: string;
}

/** How many rows wait. */
export type OpenSaga = WatchedSaga &
  /** `more`: there are more, counting ended. */
  (
    | { readonly rows: number; readonly more: boolean }
    /** Why they can't be counted. */
    | { readonly why: string }
  );

/** One whose condition the server refuses. */
export interface UncountableSaga extends WatchedSaga {
  /** What the server says. */
  readonly why: string;
}

/** The answers that give something to watch. */
export function watchedSagas({ transactions = {} }: SeamChoices = {}): readonly WatchedSaga[] {
  return Object.entries(transactions).flatMap(([table, answer]) =>
    typeof answer === 'string' ? [] : [{ table, open: answer.saga.open }],
  );
}

/** Counts the rows that wait, each table for 5 s at most and up to 10,000, in the database where they stay. Changes nothing. */
export function openSagas(pool: pg.Pool, seam: SeamChoices | undefined): Promise<readonly OpenSaga[]> {
  return Promise.all(
    watchedSagas(seam).map(async (saga): Promise<OpenSaga> => {
      const asked = await ask(pool, countSql(saga));
      if ('why' in asked) return { ...saga, ...asked };
      const rows = asked.rows[0]!.count;
      return { ...saga, rows: Math.min(rows, mostCounted), more: rows > mostCounted };
    }),
  );
}

/** Lets the server plan each count: those that it can't, and why. */
export async function uncountableSagas(
  pool: pg.Pool,
  seam: SeamChoices | undefined,
): Promise<readonly UncountableSaga[]> {
  const asked = await Promise.all(
    watchedSagas(seam).map(async (saga) => ({ ...saga, ...(await ask(pool, `explain ${countSql(saga)}`)) })),
  );
  return asked.flatMap((saga) =>
    'why' in saga ? [{ table: saga.table, open: saga.open, why: saga.why }] : [],
  );
}

function countSql({ table, open }: WatchedSaga): string {
  return `select count(*)::integer as count from (select from ${quoteTable(table)} where (${open}) limit ${mostCounted + 1}) as open`;
}

async function ask(
  pool: pg.Pool,
  sql: string,
): Promise<{ readonly rows: readonly { readonly count: number }[] } | { readonly why: string }> {
  try {
    return await inTransaction(pool, (client) => client.query<{ count: number }>(sql), readOnly);
  } catch (error) {
    const { message, cause } = error as Error;
    return { why: cause instanceof Error ? cause.message : message };
  }
}
