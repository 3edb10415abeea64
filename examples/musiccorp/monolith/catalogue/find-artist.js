import { notFound } from '../refusal.js';
import { SUMMARY, summary, VISIBLE_ITEMS } from './summary.js';

const WORKS = `${SUMMARY} ${VISIBLE_ITEMS} and i.artist_id = $1 order by i.released_on desc, i.id`;

export async function findArtist(db, id) {
  const { rows } = await db.query('select id, name, country_code, formed_in from artists where id = $1', [
    id,
  ]);
  if (rows.length === 0) throw notFound(`artist ${id} not found`);
  const [artist] = rows;
  const works = await db.query(WORKS, [id]);
  return {
    id: artist.id,
    name: artist.name,
    country: artist.country_code,
    formedIn: artist.formed_in,
    items: works.rows.map(summary),
  };
}
