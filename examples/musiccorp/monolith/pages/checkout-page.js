import { html } from './html.js';
import { layout } from './layout.js';

/** `requestId` travels in the form, so that a second click places no second order. */
export function checkoutPage({ basket, requestId, customerId = '1', deliveryAddress = '', problem }) {
  return layout({
    title: 'Check out',
    basketCount: basket.count,
    main: html`<h1>Check out</h1>
${problem && html`<p class="notice warn" role="alert">${problem}</p>`}
<form class="panel fields" method="post" action="/checkout">
  <input type="hidden" name="requestId" value="${requestId}">
  <label>Customer number <input name="customerId" inputmode="numeric" value="${customerId}" required></label>
  <label>Deliver to <textarea name="deliveryAddress" rows="2" maxlength="300" placeholder="The address we know">${deliveryAddress}</textarea></label>
  <p class="total"><span>${basket.count} ${basket.count === 1 ? 'item' : 'items'}</span> <span class="price big">€${basket.total}</span></p>
  <button class="primary">Place the order</button>
</form>`,
  });
}
