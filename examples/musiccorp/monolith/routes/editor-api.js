import { Router } from 'express';
import { addItem, changeItem, withdrawItem } from '../catalogue/edit-items.js';
import { findItem } from '../catalogue/find-item.js';
import { day, integer, object, oneOf, price, text, wholeNumber } from '../checks.js';
import { badRequest } from '../refusal.js';

export function editorApi(pool) {
  const router = Router();
  router.post('/items', async (req, res) => {
    const id = await addItem(pool, newItem(object(req.body)));
    res
      .status(201)
      .location(`/api/items/${id}`)
      .json(await findItem(pool, id));
  });
  router.patch('/items/:id', async (req, res) => {
    const id = wholeNumber(req.params.id, 'id');
    await changeItem(pool, id, change(object(req.body)));
    res.json(await findItem(pool, id));
  });
  router.delete('/items/:id', async (req, res) => {
    await withdrawItem(pool, wholeNumber(req.params.id, 'id'));
    res.status(204).end();
  });
  return router;
}

function newItem(body) {
  return {
    title: text(body.title, 'title', 200),
    artistId: integer(body.artistId, 'artistId'),
    genre: text(body.genre, 'genre', 50),
    format: oneOf(body.format, 'format', ['cd', 'vinyl', 'cassette']),
    price: price(body.price),
    description: text(body.description, 'description', 20_000),
    releasedOn: day(body.releasedOn, 'releasedOn'),
    stock: integer(body.stock ?? 0, 'stock', 0, 10_000),
  };
}

function change(body) {
  if (body.title === undefined && body.price === undefined) throw badRequest('give a title, a price or both');
  return {
    title: body.title === undefined ? undefined : text(body.title, 'title', 200),
    price: body.price === undefined ? undefined : price(body.price),
  };
}
