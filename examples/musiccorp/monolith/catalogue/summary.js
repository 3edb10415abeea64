/** The columns of an item as lists show it. */
export const SUMMARY = `
  select i.id, i.title, a.id as artist_id, a.name as artist_name, g.slug as genre_slug, g.name as genre_name,
         i.format, i.price::text as price, i.released_on::text as released_on, i.stock > 0 as in_stock`;

/** The tables behind an item, and the rule that withdrawn ones are gone. */
export const VISIBLE_ITEMS = `
  from items i
  join artists a on a.id = i.artist_id
  join genres g on g.id = i.genre_id
  where i.withdrawn_at is null`;

export function summary(row) {
  return {
    id: row.id,
    title: row.title,
    artist: { id: row.artist_id, name: row.artist_name },
    genre: { slug: row.genre_slug, name: row.genre_name },
    format: row.format,
    price: row.price,
    releasedOn: row.released_on,
    inStock: row.in_stock,
  };
}
