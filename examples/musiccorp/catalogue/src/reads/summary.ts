import { priceOf } from '../price.ts';

/** The columns of an item as lists show it, from `shownItems`. */
export const summaryColumns = `
  i.item_id, i.title, i.artist_id, a.name as artist_name, g.slug as genre_slug, g.name as genre_name,
  i.medium, i.price_cents, i.released_on::text as released_on, i.in_stock`;

/** Items that are not withdrawn, with what they refer to. */
export const shownItems = `
  from catalogue.items i
  join catalogue.artists a using (artist_id)
  join catalogue.genres g using (genre_id)
  where not i.withdrawn`;

/** A row of `summaryColumns`. */
export interface SummaryRow {
  readonly item_id: number;
  readonly title: string;
  readonly artist_id: number;
  readonly artist_name: string;
  readonly genre_slug: string;
  readonly genre_name: string;
  readonly medium: string;
  readonly price_cents: string;
  readonly released_on: string;
  readonly in_stock: boolean;
}

/** An item as lists show it. */
export interface Summary {
  readonly id: number;
  readonly title: string;
  readonly artist: { readonly id: number; readonly name: string };
  readonly genre: { readonly slug: string; readonly name: string };
  readonly format: string;
  readonly price: string;
  readonly releasedOn: string;
  readonly inStock: boolean;
}

/** Shapes a row for JSON. */
export function summary(row: SummaryRow): Summary {
  return {
    id: row.item_id,
    title: row.title,
    artist: { id: row.artist_id, name: row.artist_name },
    genre: { slug: row.genre_slug, name: row.genre_name },
    format: row.medium,
    price: priceOf(row.price_cents),
    releasedOn: row.released_on,
    inStock: row.in_stock,
  };
}
