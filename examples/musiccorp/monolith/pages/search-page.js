import { html } from './html.js';
import { itemGrid } from './item-card.js';
import { layout } from './layout.js';

export function searchPage({ found, basketCount }) {
  const { q, total, items } = found;
  const shown = items.length < total ? `, the first ${items.length} of them here` : '';
  return layout({
    title: `Search: ${q}`,
    q,
    basketCount,
    main: html`<div class="head"><h1>“${q}”</h1><p class="quiet">${total} ${total === 1 ? 'match' : 'matches'}${shown}</p></div>
${total > 0 ? itemGrid(items) : html`<p class="empty">Nothing in the shop matches. Try fewer letters, or <a href="/">browse</a>.</p>`}`,
  });
}
