import type { ParsedUrlQuery } from 'node:querystring';
import type pg from 'pg';
import { parameter, wholeNumber } from './parameters.ts';
import { badRequest } from './refusal.ts';
import { type Summary, type SummaryRow, shownItems, summary, summaryColumns } from './summary.ts';

const PAGE_SIZE = 24;
const LAST_PAGE = 1000;

const orders = {
  title: 'i.title collate "C", i.item_id',
  price: 'i.price_cents, i.item_id',
  '-price': 'i.price_cents desc, i.item_id',
  newest: 'i.released_on desc, i.item_id',
  bestselling: 'i.sold_lately desc, i.item_id',
} as const;

type Sort = keyof typeof orders;

/** Which items, in which order. */
export interface ListQuery {
  /** A genre's slug. */
  readonly genre?: string;
  readonly artist?: number;
  readonly page: number;
  readonly sort: Sort;
}

/** One page of items. */
export interface ItemPage {
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  readonly items: readonly Summary[];
}

/**
 * Checks the parameters in the order of the contract; the first fault is the answer.
 * @throws Refusal
 */
export function listQuery(query: ParsedUrlQuery): ListQuery {
  const genre = parameter(query, 'genre');
  const artist = optional(parameter(query, 'artist'), (text) => wholeNumber(text, 'artist'));
  const page = optional(parameter(query, 'page'), (text) => wholeNumber(text, 'page', LAST_PAGE));
  const sort = optional(parameter(query, 'sort'), sortNamed);
  return { genre, artist, page: page ?? 1, sort: sort ?? 'title' };
}

/** `GET /api/items`. */
export async function listItems(pool: pg.Pool, { genre, artist, page, sort }: ListQuery): Promise<ItemPage> {
  // PostgreSQL's text holds no NUL, so no slug has one.
  if (genre?.includes('\0')) return { page, pageSize: PAGE_SIZE, total: 0, items: [] };
  const values: (string | number)[] = [];
  const given = (value: string | number) => `$${values.push(value)}`;
  // Only the conditions asked for: the plan is made for them.
  const chosen = [
    shownItems,
    ...(genre === undefined ? [] : [`and g.slug = ${given(genre)}`]),
    ...(artist === undefined ? [] : [`and i.artist_id = ${given(artist)}`]),
  ].join(' ');
  const count = pool.query<{ total: number }>(`select count(*)::integer as total ${chosen}`, [...values]);
  const rows = pool.query<SummaryRow>(
    `select ${summaryColumns} ${chosen} order by ${orders[sort]} limit ${PAGE_SIZE} offset ${given((page - 1) * PAGE_SIZE)}`,
    values,
  );
  const [counted, found] = await Promise.all([count, rows]);
  return { page, pageSize: PAGE_SIZE, total: counted.rows[0]!.total, items: found.rows.map(summary) };
}

function sortNamed(name: string): Sort {
  if (Object.hasOwn(orders, name)) return name as Sort;
  throw badRequest(`sort must be one of ${Object.keys(orders).join(', ')}`);
}

function optional<Value>(text: string | undefined, read: (text: string) => Value): Value | undefined {
  return text === undefined ? undefined : read(text);
}
