import { cover } from './cover.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { dayOf } from './times.js';

export function orderPage({ order, basketCount }) {
  return layout({
    title: `Order ${order.id}`,
    basketCount,
    main: html`<div class="head"><h1>Order ${order.id}</h1>
  <span class="tag">${order.returnedAt ? `Returned ${dayOf(order.returnedAt)}` : 'Thank you'}</span></div>
<p class="quiet">Placed ${dayOf(order.placedAt)} by <a href="/account/${order.customerId}">customer ${order.customerId}</a></p>
<ul class="lines">${order.lines.map(
      (
        line,
      ) => html`<li>${cover(line.itemId, line.title)}<div><a href="/items/${line.itemId}">${line.title}</a></div>
  <span class="amount">${line.quantity} × €${line.unitPrice}</span></li>`,
    )}</ul>
<p class="total"><span>Total</span> <span class="price big">€${order.total}</span></p>
${!order.returnedAt && html`<form class="end" method="post" action="/orders/${order.id}/return"><button>Send it back</button></form>`}`,
  });
}
