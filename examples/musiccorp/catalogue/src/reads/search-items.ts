import type { ParsedUrlQuery } from 'node:querystring';
import type pg from 'pg';
import { parameter } from './parameters.ts';
import { badRequest } from './refusal.ts';
import { type Summary, type SummaryRow, shownItems, summary, summaryColumns } from './summary.ts';

const LIMIT = 48;
const LONGEST = 100;

const matching = `${shownItems} and (a.name || ' ' || i.title) ilike all ($1::text[])`;
const countStatement = `select count(*)::integer as total ${matching}`;
const foundStatement = `
  select ${summaryColumns} ${matching} order by i.title collate "C", i.item_id limit ${LIMIT}`;

/** What a search has found. */
export interface Found {
  readonly q: string;
  /** All matches; `items` has the first 48. */
  readonly total: number;
  readonly items: readonly Summary[];
}

/**
 * What is searched for, trimmed.
 * @throws Refusal
 */
export function searchQuery(query: ParsedUrlQuery): string {
  const q = (parameter(query, 'q') ?? '').trim();
  if (q === '' || q.length > LONGEST) throw badRequest(`q must be 1 to ${LONGEST} characters`);
  return q;
}

/** `GET /api/search`: items whose artist's name and title together contain every word. */
export async function searchItems(pool: pg.Pool, q: string): Promise<Found> {
  // PostgreSQL's text holds no NUL, so nothing can match it.
  if (q.includes('\0')) return { q, total: 0, items: [] };
  const patterns = q.split(/\s+/).map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
  const [counted, found] = await Promise.all([
    pool.query<{ total: number }>(countStatement, [patterns]),
    pool.query<SummaryRow>(foundStatement, [patterns]),
  ]);
  return { q, total: counted.rows[0]!.total, items: found.rows.map(summary) };
}
