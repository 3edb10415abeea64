import type pg from 'pg';

const statement = `
  select g.genre_id as id, g.slug, g.name, count(i.item_id)::integer as items
  from catalogue.genres g
  left join catalogue.items i on i.genre_id = g.genre_id and not i.withdrawn
  group by g.genre_id, g.slug, g.name
  order by g.name collate "C", g.genre_id`;

/** A genre and how many items it has. */
export interface Genre {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly items: number;
}

/** `GET /api/genres`: also those without items. */
export async function listGenres(pool: pg.Pool): Promise<{ readonly genres: readonly Genre[] }> {
  const { rows } = await pool.query<Genre>(statement);
  return { genres: rows };
}
