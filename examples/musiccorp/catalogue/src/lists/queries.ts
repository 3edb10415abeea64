import { NotFound } from '@banyan/runtime';
import type pg from 'pg';
import { type Summary, type SummaryRow, shownItems, summary, summaryColumns } from '../reads/summary.ts';

const MOST_LISTS = 100;

const iso = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const headColumns = `list_id as id, title, items, ${iso('created_at')} as "createdAt", ${iso('changed_at')} as "changedAt"`;

const listsStatement = `
  select ${headColumns} from catalogue.lists l order by l.changed_at desc, l.list_id limit ${MOST_LISTS}`;
const listStatement = `select ${headColumns} from catalogue.lists where list_id = $1`;
const entriesStatement = `
  select p.item_id as picked, p.note, ${iso('p.added_at')} as added_at, shown.*
  from catalogue.list_items p
  left join (select ${summaryColumns} ${shownItems}) shown using (item_id)
  where p.list_id = $1
  order by p.place`;

/** A list without its items. */
export interface ListHead {
  readonly id: string;
  readonly title: string;
  /** How many there are on it. */
  readonly items: number;
  readonly createdAt: string;
  readonly changedAt: string;
}

/** An item on a list. */
interface ListEntry {
  readonly itemId: number;
  readonly note: string | null;
  readonly addedAt: string;
  /** As the catalogue shows it; null while it does not, for example because it was withdrawn. */
  readonly item: Summary | null;
}

/** A list with what is on it, in the order in which it was put there. */
export interface ListPage extends Omit<ListHead, 'items'> {
  readonly items: readonly ListEntry[];
}

type EntryRow = { readonly picked: number; readonly note: string | null; readonly added_at: string } & (
  | SummaryRow
  | { readonly title: null }
);

/** The lists that changed last, 100 at most. */
export async function listLists(pool: pg.Pool): Promise<{ readonly lists: readonly ListHead[] }> {
  const { rows } = await pool.query<ListHead>(listsStatement);
  return { lists: rows };
}

/** @throws NotFound `no-such-list` */
export async function findList(pool: pg.Pool, id: string): Promise<ListPage> {
  const [heads, entries] = await Promise.all([
    pool.query<ListHead>(listStatement, [id]),
    pool.query<EntryRow>(entriesStatement, [id]),
  ]);
  const [head] = heads.rows;
  if (head === undefined) throw new NotFound('no-such-list', `There is no list ${id}.`);
  return { ...head, items: entries.rows.map(entry) };
}

function entry(row: EntryRow): ListEntry {
  const item = row.title === null ? null : summary({ ...row, item_id: row.picked });
  return { itemId: row.picked, note: row.note, addedAt: row.added_at, item };
}
