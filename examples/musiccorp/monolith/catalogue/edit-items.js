import { notFound } from '../refusal.js';

const ADD = `
  insert into items (title, artist_id, genre_id, format, price, description, released_on, opening_stock, stock, shelf)
  select $1, a.id, g.id, $4, $5, $6, $7, $8, $8, 'N-' || lpad((a.id % 100)::text, 2, '0')
  from artists a, genres g
  where a.id = $2 and g.slug = $3
  returning id`;

const CHANGE = `
  update items set title = coalesce($2, title), price = coalesce($3, price), updated_at = now()
  where id = $1 and withdrawn_at is null`;

const WITHDRAW = `
  update items set withdrawn_at = now(), updated_at = now()
  where id = $1 and withdrawn_at is null`;

export async function addItem(db, item) {
  const { rows } = await db.query(ADD, [
    item.title,
    item.artistId,
    item.genre,
    item.format,
    item.price,
    item.description,
    item.releasedOn,
    item.stock,
  ]);
  if (rows.length === 0) throw notFound(`artist ${item.artistId} or genre ${item.genre} not found`);
  return rows[0].id;
}

export async function changeItem(db, id, { title, price }) {
  const { rowCount } = await db.query(CHANGE, [id, title ?? null, price ?? null]);
  if (rowCount === 0) throw notFound(`item ${id} not found`);
}

export async function withdrawItem(db, id) {
  const { rowCount } = await db.query(WITHDRAW, [id]);
  if (rowCount === 0) throw notFound(`item ${id} not found`);
}
