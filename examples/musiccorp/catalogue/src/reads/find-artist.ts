import type pg from 'pg';
import { notFound } from './refusal.ts';
import { type Summary, type SummaryRow, shownItems, summary, summaryColumns } from './summary.ts';

const artistStatement = 'select name, country, formed_in from catalogue.artists where artist_id = $1';
const worksStatement = `
  select ${summaryColumns} ${shownItems} and i.artist_id = $1 order by i.released_on desc, i.item_id`;

/** An artist and everything by them that is not withdrawn. */
export interface Artist {
  readonly id: number;
  readonly name: string;
  readonly country: string;
  readonly formedIn: number;
  readonly items: readonly Summary[];
}

interface ArtistRow {
  readonly name: string;
  readonly country: string;
  readonly formed_in: number;
}

/**
 * `GET /api/artists/:id`.
 * @throws Refusal when there is none.
 */
export async function findArtist(pool: pg.Pool, id: number): Promise<Artist> {
  const [artists, works] = await Promise.all([
    pool.query<ArtistRow>(artistStatement, [id]),
    pool.query<SummaryRow>(worksStatement, [id]),
  ]);
  const [artist] = artists.rows;
  if (artist === undefined) throw notFound(`artist ${id} not found`);
  const { name, country, formed_in: formedIn } = artist;
  return { id, name, country, formedIn, items: works.rows.map(summary) };
}
