import { Router } from 'express';
import { findArtist } from '../catalogue/find-artist.js';
import { findItem } from '../catalogue/find-item.js';
import { listGenres } from '../catalogue/list-genres.js';
import { listItems } from '../catalogue/list-items.js';
import { searchItems } from '../catalogue/search-items.js';
import { parameter, wholeNumber } from '../checks.js';
import { listQuery } from './list-query.js';

export function catalogueApi(pool) {
  const router = Router();
  router.get('/items', async (req, res) => res.json(await listItems(pool, listQuery(req.query))));
  router.get('/items/:id', async (req, res) =>
    res.json(await findItem(pool, wholeNumber(req.params.id, 'id'))),
  );
  router.get('/search', async (req, res) => res.json(await searchItems(pool, parameter(req.query, 'q'))));
  router.get('/genres', async (_req, res) => res.json(await listGenres(pool)));
  router.get('/artists/:id', async (req, res) =>
    res.json(await findArtist(pool, wholeNumber(req.params.id, 'id'))),
  );
  return router;
}
