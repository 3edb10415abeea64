const GENRES = `
  select g.id, g.slug, g.name, count(i.id)::integer as items
  from genres g
  left join items i on i.genre_id = g.id and i.withdrawn_at is null
  group by g.id, g.slug, g.name
  order by g.name collate "C", g.id`;

export async function listGenres(db) {
  const { rows } = await db.query(GENRES);
  return { genres: rows };
}
