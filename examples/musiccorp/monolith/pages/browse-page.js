import { html } from './html.js';
import { itemGrid } from './item-card.js';
import { layout } from './layout.js';

const SORT_NAMES = [
  ['bestselling', 'Bestselling'],
  ['newest', 'Newest'],
  ['title', 'Title'],
  ['price', 'Price, low to high'],
  ['-price', 'Price, high to low'],
];

export function browsePage({ genres, list, query, basketCount }) {
  const genre = genres.find(({ slug }) => slug === query.genre);
  return layout({
    title: genre?.name ?? 'Browse',
    basketCount,
    main: html`<div class="shelves">
<aside><h2>Genres</h2><ul class="genres">
  <li><a href="/"${!genre && CURRENT}>Everything</a></li>
  ${genres.map((one) => html`<li><a href="/?genre=${one.slug}"${one === genre && CURRENT}>${one.name} <small>${one.items}</small></a></li>`)}
</ul></aside>
<section>
  <div class="head"><h1>${genre?.name ?? 'All music'}</h1>${sortForm(query)}</div>
  ${list.items.length > 0 ? itemGrid(list.items) : html`<p class="empty">Nothing on this shelf.</p>`}
  ${pager(list, query)}
</section></div>`,
  });
}

const CURRENT = html` aria-current="page"`;

const sortForm = ({ genre, sort }) => html`<form class="sort">
  ${genre && html`<input type="hidden" name="genre" value="${genre}">`}
  <label>Sort <select name="sort">${SORT_NAMES.map(
    ([value, name]) => html`<option value="${value}"${value === sort && html` selected`}>${name}</option>`,
  )}</select></label> <button>Go</button></form>`;

function pager({ page, pageSize, total }, { genre, sort }) {
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const link = (to) => `/?${new URLSearchParams({ ...(genre && { genre }), sort, page: String(to) })}`;
  return html`<nav class="pager" aria-label="Pages">
  ${page > 1 ? html`<a href="${link(page - 1)}" rel="prev">← Previous</a>` : html`<span></span>`}
  <span>Page ${page} of ${pages} · ${total} ${total === 1 ? 'item' : 'items'}</span>
  ${page < pages ? html`<a href="${link(page + 1)}" rel="next">Next →</a>` : html`<span></span>`}</nav>`;
}
