import { Router } from 'express';
import { findArtist } from '../catalogue/find-artist.js';
import { findItem } from '../catalogue/find-item.js';
import { listGenres } from '../catalogue/list-genres.js';
import { listItems } from '../catalogue/list-items.js';
import { searchItems } from '../catalogue/search-items.js';
import { month, parameter, wholeNumber } from '../checks.js';
import { monthlyReport } from '../finance/monthly-report.js';
import { accountPage } from '../pages/account-page.js';
import { browsePage } from '../pages/browse-page.js';
import { financePage } from '../pages/finance-page.js';
import { itemPage } from '../pages/item-page.js';
import { orderPage } from '../pages/order-page.js';
import { searchPage } from '../pages/search-page.js';
import { recommendedItems } from '../recommendation/recommended-items.js';
import { countBasket } from '../shop/basket.js';
import { findCustomer, listCustomerOrders } from '../shop/customers.js';
import { findOrder } from '../shop/find-order.js';
import { returnOrder } from '../shop/return-order.js';
import { basketPages } from './basket-pages.js';
import { listQuery } from './list-query.js';
import { sessionOf } from './session.js';

export function shopPages(pool) {
  const router = Router();
  const id = (req) => wholeNumber(req.params.id, 'id');
  const show = (path, render) =>
    router.get(path, async (req, res) => {
      const basketCount = await countBasket(pool, sessionOf(req));
      res.type('html').send(await render(req, basketCount));
    });

  show('/', async (req, basketCount) => {
    const query = listQuery(req.query);
    query.sort ??= 'bestselling';
    const { genres } = await listGenres(pool);
    return browsePage({ genres, list: await listItems(pool, query), query, basketCount });
  });
  show('/search', async (req, basketCount) => {
    const found = await searchItems(pool, parameter(req.query, 'q'));
    return searchPage({ found, basketCount });
  });
  show('/items/:id', async (req, basketCount) => {
    const item = await findItem(pool, id(req));
    return itemPage({ item, artist: await findArtist(pool, item.artist.id), basketCount });
  });
  show('/orders/:id', async (req, basketCount) =>
    orderPage({ order: await findOrder(pool, id(req)), basketCount }),
  );
  show('/account/:id', async (req, basketCount) => {
    const customer = await findCustomer(pool, id(req));
    const { orders } = await listCustomerOrders(pool, customer.id);
    const { items } = await recommendedItems(pool, customer.id);
    return accountPage({ customer, orders, recommended: items, basketCount });
  });
  show('/reports/finance', async (req, basketCount) => {
    const chosen = month(parameter(req.query, 'month') ?? new Date().toISOString().slice(0, 7));
    return financePage({ report: await monthlyReport(pool, chosen), basketCount });
  });
  router.post('/orders/:id/return', async (req, res) => {
    const order = await returnOrder(pool, id(req));
    res.redirect(303, `/orders/${order.id}`);
  });
  router.use(basketPages(pool));
  return router;
}
