import { centsOf } from './price.ts';

/** A column of ours and what it is made of; values are PostgreSQL's text, null is its NULL. */
export interface OwnColumn {
  readonly name: string;
  /** The monolith's column. */
  readonly from: string;
  readonly of: (value: string | null) => string | null;
}

/** A table of ours. */
export interface OwnTable {
  readonly table: string;
  readonly key: OwnColumn;
  readonly columns: readonly OwnColumn[];
}

type Value = string | null;

const unlessNull = (of: (value: string) => string) => (value: Value) => (value === null ? null : of(value));
const truth = (value: boolean) => (value ? 't' : 'f');
const column = (name: string, from = name, of: OwnColumn['of'] = (value) => value): OwnColumn => ({
  name,
  from,
  of,
});

/** Our tables, by the table of the monolith that they are made of. The warehouse's columns stay behind; `in_stock` is all we need. */
export const ownTables: Readonly<Record<string, OwnTable>> = {
  'public.genres': {
    table: 'catalogue.genres',
    key: column('genre_id', 'id'),
    columns: [column('slug'), column('name')],
  },
  'public.artists': {
    table: 'catalogue.artists',
    key: column('artist_id', 'id'),
    columns: [column('name'), column('country', 'country_code'), column('formed_in')],
  },
  'public.items': {
    table: 'catalogue.items',
    key: column('item_id', 'id'),
    columns: [
      column('title'),
      column('artist_id'),
      column('genre_id'),
      column('medium', 'format'),
      column('price_cents', 'price', unlessNull(centsOf)),
      column('description'),
      column('released_on'),
      column('added_at', 'created_at'),
      column('edited_at', 'updated_at'),
      column('withdrawn', 'withdrawn_at', (value) => truth(value !== null)),
      column(
        'in_stock',
        'stock',
        unlessNull((value) => truth(BigInt(value) > 0n)),
      ),
      column('sold_lately', 'sold_last_30_days'),
    ],
  },
};

/** The monolith's tables that we follow. */
export const tables: readonly string[] = Object.keys(ownTables);

/** Our tables that the translation writes. */
export const into: readonly string[] = Object.values(ownTables).map(({ table }) => table);
