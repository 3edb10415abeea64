import { html } from './html.js';
import { layout } from './layout.js';

export function financePage({ report, basketCount }) {
  return layout({
    title: `Finance ${report.month}`,
    basketCount,
    main: html`<div class="head"><h1>Finance</h1><form class="sort">
  <label>Month <input type="month" name="month" value="${report.month}" required></label> <button>Show</button></form></div>
<dl class="facts">
  ${fact('Sales', money(report.sales))}${fact('Returns', money(report.returns))}${fact('Purchases', money(report.purchases))}
  ${fact('VAT in it', money(report.vat))}${fact('Orders', count(report.orders))}${fact('Open picks', count(report.openPicks))}
</dl>
<div class="halves">
  <section><h2>By genre</h2>${bars(report.genres)}</section>
  <section><h2>By country</h2>${bars(report.countries)}</section>
</div>
<section><h2>Bestsellers</h2><table><thead><tr><th>Title</th><th>Artist</th><th class="num">Sold</th><th class="num">Sales</th></tr></thead>
<tbody>${report.topItems.map(
      (item) => html`<tr><td><a href="/items/${item.id}">${item.title}</a></td><td>${item.artist}</td>
  <td class="num">${item.quantity}</td><td class="num">${money(item.sales)}</td></tr>`,
    )}</tbody></table></section>`,
  });
}

const fact = (name, value) => html`<div><dt>${name}</dt><dd class="price">${value}</dd></div>`;
const count = (number) => number.toLocaleString('en-GB');
const money = (amount) =>
  `€${Number(amount).toLocaleString('en-GB', { minimumFractionDigits: 2 })}`.replace('€-', '−€');

function bars(rows) {
  if (rows.length === 0) return html`<p class="empty">Nothing booked.</p>`;
  const largest = Math.max(1, ...rows.map((row) => Number(row.sales)));
  return html`<table class="bars"><tbody>${rows.map(
    (row) => html`<tr><th scope="row">${row.name}</th>
  <td class="bar"><i style="width:${Math.max(0.5, (100 * Math.max(0, row.sales)) / largest).toFixed(1)}%"></i></td>
  <td class="num">${money(row.sales)}</td></tr>`,
  )}</tbody></table>`;
}
