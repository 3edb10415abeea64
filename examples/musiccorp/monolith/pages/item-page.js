import { cover } from './cover.js';
import { html } from './html.js';
import { formatName, itemGrid } from './item-card.js';
import { layout } from './layout.js';

export function itemPage({ item, artist, basketCount }) {
  const others = artist.items.filter(({ id }) => id !== item.id).slice(0, 6);
  return layout({
    title: `${item.title} by ${item.artist.name}`,
    basketCount,
    main: html`<article class="item">
  ${cover(item.id, item.title)}
  <div>
    <p class="quiet"><a href="/?genre=${item.genre.slug}">${item.genre.name}</a></p>
    <h1>${item.title}</h1>
    <p class="by">${item.artist.name} <span class="quiet">${artist.country}, since ${artist.formedIn}</span></p>
    <p class="row"><span class="price big">€${item.price}</span> <span class="tag">${formatName(item.format)}</span></p>
    ${item.inStock ? buyForm(item) : html`<p class="notice">Sold out. It is on its way to us.</p>`}
    <div class="prose">${item.description.split('\n\n').map((paragraph) => html`<p>${paragraph}</p>`)}</div>
    <p class="quiet">Released ${item.releasedOn}</p>
  </div>
</article>
${others.length > 0 && html`<section><h2>More by ${item.artist.name}</h2>${itemGrid(others)}</section>`}`,
  });
}

const buyForm = (item) => html`<form class="buy" method="post" action="/basket">
  <input type="hidden" name="itemId" value="${item.id}">
  <label>Quantity <input type="number" name="quantity" value="1" min="1" max="99"></label>
  <button class="primary">Add to basket</button></form>`;
