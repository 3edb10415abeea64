import { cover } from './cover.js';
import { html } from './html.js';
import { layout } from './layout.js';

export function basketPage({ basket }) {
  return layout({
    title: 'Basket',
    basketCount: basket.count,
    main:
      basket.lines.length === 0
        ? html`<h1>Basket</h1><p class="empty">It is empty. <a href="/">Fill it</a>.</p>`
        : html`<h1>Basket</h1><ul class="lines">${basket.lines.map(basketLine)}</ul>
<p class="total"><span>Total</span> <span class="price big">€${basket.total}</span></p>
<p class="end"><a class="button primary" href="/checkout">Check out</a></p>`,
  });
}

const basketLine = (line) => html`<li>
  ${cover(line.itemId, line.title)}
  <div><a href="/items/${line.itemId}">${line.title}</a><span class="quiet">${line.artist}</span>
    ${!line.inStock && html`<span class="warn">Not enough in stock</span>`}</div>
  <span class="amount">${line.quantity} × €${line.price}<b>€${line.subtotal}</b></span>
  <form method="post" action="/basket/remove"><input type="hidden" name="itemId" value="${line.itemId}">
    <button aria-label="Remove ${line.title}">Remove</button></form></li>`;
