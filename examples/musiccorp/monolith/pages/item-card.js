import { cover } from './cover.js';
import { html } from './html.js';

const FORMATS = { cd: 'CD', vinyl: 'Vinyl', cassette: 'Cassette' };

export const formatName = (format) => FORMATS[format];

const itemCard = (item) => html`<li class="card"><a href="/items/${item.id}">
  ${cover(item.id, item.title)}
  <span class="title">${item.title}</span>
  <span class="artist">${item.artist.name}</span>
  <span class="row"><span class="price">€${item.price}</span>
    <span class="tag">${item.inStock ? formatName(item.format) : 'Sold out'}</span></span>
</a></li>`;

export const itemGrid = (items) => html`<ul class="grid">${items.map(itemCard)}</ul>`;
