import { toPostgresError } from '@banyan/postgres';
import { Unavailable } from '@banyan/runtime';
import { type Context, Hono } from 'hono';
import type pg from 'pg';
import { findArtist } from './find-artist.ts';
import { findItem } from './find-item.ts';
import { listGenres } from './list-genres.ts';
import { listItems, listQuery } from './list-items.ts';
import { idAtEndOf, queryOf } from './parameters.ts';
import { Refusal } from './refusal.ts';
import { searchItems, searchQuery } from './search-items.ts';

/** The five reads, below `/api`, with the monolith's answers and its words for what is wrong. */
export function readRoutes(pool: pg.Pool): Hono {
  const routes = new Hono();
  routes.onError(errorReply);
  routes.get('/items', async (c) => c.json(await listItems(pool, listQuery(queryOf(c.req.url)))));
  routes.get('/items/:id', async (c) => c.json(await findItem(pool, idAtEndOf(c.req.url))));
  routes.get('/search', async (c) => c.json(await searchItems(pool, searchQuery(queryOf(c.req.url)))));
  routes.get('/genres', async (c) => c.json(await listGenres(pool)));
  routes.get('/artists/:id', async (c) => c.json(await findArtist(pool, idAtEndOf(c.req.url))));
  routes.all('*', (c) => c.json({ error: 'not found' }, 404));
  return routes;
}

function errorReply(caught: Error, context: Context): Response {
  if (caught instanceof Refusal) return context.json({ error: caught.message }, caught.status);
  const { method, path } = context.req;
  console.error(`catalogue: ${method} ${path}:`, caught);
  const away = toPostgresError(caught) instanceof Unavailable;
  if (away) return context.json({ error: 'the database does not answer' }, 503);
  return context.json({ error: 'internal error' }, 500);
}
