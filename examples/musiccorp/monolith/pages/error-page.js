import { html } from './html.js';
import { layout } from './layout.js';

export function errorPage(status, sentence) {
  return layout({
    title: String(status),
    main: html`<div class="empty"><h1>${status}</h1><p>${sentence}</p><p><a href="/">Back to the shop</a></p></div>`,
  });
}
