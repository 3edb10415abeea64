import { html } from './html.js';
import { itemGrid } from './item-card.js';
import { layout } from './layout.js';
import { dayOf } from './times.js';

export function accountPage({ customer, orders, recommended, basketCount }) {
  return layout({
    title: customer.name,
    basketCount,
    main: html`<h1>${customer.name}</h1>
<dl class="facts">
  <div><dt>E-mail</dt><dd>${customer.email}</dd></div>
  <div><dt>Delivered to</dt><dd>${customer.deliveryAddress} (${customer.country})</dd></div>
  <div><dt>Credit</dt><dd class="price">€${customer.credit}</dd></div>
  <div><dt>Last payment</dt><dd>${dayOf(customer.lastPaymentAt)}</dd></div>
  <div><dt>Last delivery</dt><dd>${dayOf(customer.lastDeliveredAt)}</dd></div>
  <div><dt>With us since</dt><dd>${dayOf(customer.createdAt)}</dd></div>
</dl>
${recommended.length > 0 && html`<section><h2>For you</h2>${itemGrid(recommended)}</section>`}
<section><h2>Orders</h2>${orders.length === 0 ? html`<p class="empty">None yet.</p>` : orderTable(orders)}</section>`,
  });
}

const orderTable = (
  orders,
) => html`<table><thead><tr><th>Order</th><th>Placed</th><th>State</th><th class="num">Lines</th><th class="num">Total</th></tr></thead>
<tbody>${orders.map(
  (order) => html`<tr><td><a href="/orders/${order.id}">${order.id}</a></td><td>${dayOf(order.placedAt)}</td>
  <td>${order.returnedAt ? 'Returned' : 'Paid'}</td><td class="num">${order.lines}</td><td class="num">€${order.total}</td></tr>`,
)}</tbody></table>`;
