import type { LedgerView } from '../ledger/ledger-view.ts';
import { escapeHtml } from './html.ts';
import { migrationSection } from './migration-section.ts';
import { proxyLine, routesSection } from './routes-section.ts';
import { splitsSection } from './splits-section.ts';
import { statusStyle } from './status-style.ts';

/** What the page shows beside the ledger. */
export interface StatusLinks {
  readonly shop: string;
  readonly services: Readonly<Record<string, string>>;
}

/** The whole page; it replaces its own middle each second. */
export function statusPage(view: LedgerView, links: StatusLinks): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>Banyan: migrations</title><style>${statusStyle}</style>
<header><h1>Banyan</h1><p>Everything here is read from the ledger. <a href="${escapeHtml(links.shop)}">The application</a> · <a href="/status.json">JSON</a></p></header>
<main id="main">${statusBody(view)}</main>
<footer id="age" role="status"></footer>
<script>${refreshScript}</script></html>`;
}

const refreshScript = `
const main = document.getElementById('main'), age = document.getElementById('age');
let shown;
// What the reader has opened, scrolled aside and is at with the keyboard stays so.
function replace(text) {
  const all = (what) => [...main.querySelectorAll(what)];
  const open = new Map(all('details').map((one) => [one.id, one.open]));
  const aside = all('.scroll').map((one) => one.scrollLeft);
  const at = all('summary,.scroll').indexOf(document.activeElement);
  main.innerHTML = text;
  for (const one of all('details')) one.open = open.get(one.id) ?? one.open;
  all('.scroll').forEach((one, index) => { one.scrollLeft = aside[index] ?? 0; });
  if (at >= 0) all('summary,.scroll')[at]?.focus({ preventScroll: true });
}
setInterval(async () => {
  try {
    const reply = await fetch('/body', { signal: AbortSignal.timeout(2000) });
    if (!reply.ok) throw new Error();
    const text = await reply.text();
    if (text !== shown) replace(shown = text);
    age.textContent = '';
  } catch { age.textContent = 'This page has lost its server; it shows what it last knew.'; }
}, 1000);`;

/** The middle of the page: one section per migration and split, the routes that stand for themselves, and the proxies. */
export function statusBody(view: LedgerView): string {
  const sections = Object.entries(view.migrations).map(([name, one]) => migrationSection(name, one));
  const all = [...sections, splitsSection(view.splits), routesSection(Object.values(view.routes))].join('');
  return (all || '<p class="empty">No migration was started yet.</p>') + proxyLine(view.proxies);
}
