import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { wholeNumber } from '../checks.js';
import { basketPage } from '../pages/basket-page.js';
import { checkoutPage } from '../pages/checkout-page.js';
import { badRequest } from '../refusal.js';
import { addToBasket, emptyBasket, readBasket, removeFromBasket } from '../shop/basket.js';
import { placeOrder } from '../shop/place-order.js';
import { orderRequest } from './order-request.js';
import { ensureSession, sessionOf } from './session.js';

export function basketPages(pool) {
  const router = Router();
  router.get('/basket', async (req, res) => {
    res.type('html').send(basketPage({ basket: await readBasket(pool, sessionOf(req)) }));
  });
  router.post('/basket', async (req, res) => {
    const line = {
      itemId: wholeNumber(req.body?.itemId, 'itemId'),
      quantity: wholeNumber(req.body?.quantity ?? '1', 'quantity', 99),
    };
    await addToBasket(pool, ensureSession(req, res), line);
    res.redirect(303, '/basket');
  });
  router.post('/basket/remove', async (req, res) => {
    const itemId = wholeNumber(req.body?.itemId, 'itemId');
    const sid = sessionOf(req);
    if (sid) await removeFromBasket(pool, sid, itemId);
    res.redirect(303, '/basket');
  });
  router.get('/checkout', async (req, res) => {
    const basket = await readBasket(pool, sessionOf(req));
    if (basket.lines.length === 0) return res.redirect(303, '/basket');
    res.type('html').send(checkoutPage({ basket, requestId: randomUUID() }));
  });
  router.post('/checkout', (req, res) => checkOut(pool, req, res));
  return router;
}

async function checkOut(pool, req, res) {
  const sid = sessionOf(req);
  const basket = await readBasket(pool, sid);
  const { requestId, customerId, deliveryAddress } = req.body ?? {};
  try {
    if (basket.lines.length === 0) throw badRequest('the basket is empty');
    const { order } = await placeOrder(
      pool,
      orderRequest({
        requestId,
        customerId: wholeNumber(customerId, 'customer number'),
        deliveryAddress: deliveryAddress || undefined,
        lines: basket.lines.map(({ itemId, quantity }) => ({ itemId, quantity })),
      }),
    );
    await emptyBasket(pool, sid);
    res.redirect(303, `/orders/${order.id}`);
  } catch (error) {
    if (!(error.status < 500)) throw error;
    res
      .status(error.status)
      .type('html')
      .send(checkoutPage({ basket, requestId, customerId, deliveryAddress, problem: error.message }));
  }
}
