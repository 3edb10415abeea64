import { Router } from 'express';
import { month, parameter, wholeNumber } from '../checks.js';
import { monthlyReport } from '../finance/monthly-report.js';
import { recommendedItems } from '../recommendation/recommended-items.js';
import { findCustomer, listCustomerOrders } from '../shop/customers.js';
import { findOrder } from '../shop/find-order.js';
import { placeOrder } from '../shop/place-order.js';
import { returnOrder } from '../shop/return-order.js';
import { orderRequest } from './order-request.js';

export function shopApi(pool) {
  const router = Router();
  const id = (req) => wholeNumber(req.params.id, 'id');
  router.post('/orders', async (req, res) => {
    const { created, order } = await placeOrder(pool, orderRequest(req.body));
    res
      .status(created ? 201 : 200)
      .location(`/api/orders/${order.id}`)
      .json(order);
  });
  router.get('/orders/:id', async (req, res) => res.json(await findOrder(pool, id(req))));
  router.post('/orders/:id/return', async (req, res) => res.json(await returnOrder(pool, id(req))));
  router.get('/customers/:id', async (req, res) => res.json(await findCustomer(pool, id(req))));
  router.get('/customers/:id/orders', async (req, res) => res.json(await listCustomerOrders(pool, id(req))));
  router.get('/recommendations/:id', async (req, res) => res.json(await recommendedItems(pool, id(req))));
  router.get('/reports/finance', async (req, res) =>
    res.json(await monthlyReport(pool, month(parameter(req.query, 'month')))),
  );
  return router;
}
