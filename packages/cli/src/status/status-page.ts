import type { MigrationView } from '../ledger/ledger-view.ts';
import type { Proof } from '../ledger/proof.ts';
import { addRoutes, noTraffic } from '../ledger/traffic.ts';
import { statusStyle } from './status-style.ts';

/** What the page shows beside the ledger. */
export interface StatusLinks {
  readonly shop: string;
  readonly services: Readonly<Record<string, string>>;
}

/** The whole page; it replaces its own middle each second. */
export function statusPage(migrations: Readonly<Record<string, MigrationView>>, links: StatusLinks): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>Banyan: migrations</title><style>${statusStyle}</style>
<header><h1>Banyan</h1><p>Everything here is read from the ledger. <a href="${escapeHtml(links.shop)}">The application</a> · <a href="/status.json">JSON</a></p></header>
<main id="main">${statusBody(migrations)}</main>
<footer id="age" role="status"></footer>
<script>${refreshScript}</script></html>`;
}

const refreshScript = `
const main = document.getElementById('main'), age = document.getElementById('age');
setInterval(async () => {
  try {
    const reply = await fetch('/body', { signal: AbortSignal.timeout(2000) });
    if (!reply.ok) throw new Error();
    const open = [...main.querySelectorAll('details')].map((one) => one.open);
    main.innerHTML = await reply.text();
    main.querySelectorAll('details').forEach((one, index) => { one.open = open[index] ?? false; });
    age.textContent = '';
  } catch { age.textContent = 'This page has lost its server; it shows what it last knew.'; }
}, 1000);`;

/** The middle of the page: one section per migration. */
export function statusBody(migrations: Readonly<Record<string, MigrationView>>): string {
  const sections = Object.entries(migrations).map(([name, view]) => migrationSection(name, view));
  return sections.join('') || '<p class="empty">No migration was started yet.</p>';
}

function migrationSection(name: string, view: MigrationView): string {
  const status = { new: 'new', running: 'running', finished: 'moved', 'rolled-back': 'rolled back' }[
    view.status
  ];
  return `<section><h2>${escapeHtml(name)} <span class="badge ${view.status}">${status}</span></h2>
${view.reason === undefined ? '' : `<p class="reason">${escapeHtml(view.reason)}</p>`}
${shareBar(view)}${stepList(view)}${routeTable(view)}${differences(view)}${proofList(view)}</section>`;
}

function shareBar({ mode, plan }: MigrationView): string {
  const share = mode.kind === 'canary' ? mode.share : mode.kind === 'moved' ? 1 : 0;
  const percent = Math.round(share * 100);
  const service = escapeHtml(plan?.service ?? 'service');
  const shadow = mode.kind === 'shadow' ? '; replies of the service are compared' : '';
  return `<div class="share" role="img" aria-label="${percent} per cent of the clients are answered by ${service}">
<i style="width:${percent}%"></i></div><p class="legend"><b>${percent} %</b> of the clients' reads answered by ${service}, ${100 - percent} % by the monolith${shadow}</p>`;
}

function stepList({ plan, steps }: MigrationView): string {
  const items = (plan?.steps ?? []).map((name) => {
    const step = steps[name];
    const state = step?.status ?? 'waiting';
    const text = step?.evidence?.summary ?? step?.reason ?? (state === 'begun' ? 'under way' : '');
    return `<li class="${state}"><b>${escapeHtml(name)}</b> <span>${escapeHtml(text)}</span></li>`;
  });
  return `<ol class="steps">${items.join('')}</ol>`;
}

function routeTable({ plan, whole }: MigrationView): string {
  const rows = (plan?.routes ?? []).map(({ name, match }) => {
    const traffic = whole[name] ?? noTraffic;
    const cells = [
      traffic.owner.requests,
      traffic.candidate.requests,
      traffic.candidate.errors,
      traffic.compared,
    ];
    return `<tr><th scope="row">${escapeHtml(name)}<small>${escapeHtml(match.path)}</small></th>${cells.map((n) => `<td>${number(n)}</td>`).join('')}
<td class="${traffic.different > 0 ? 'bad' : ''}">${number(traffic.different)}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th scope="col">route</th><th scope="col">monolith</th><th scope="col">service</th>
<th scope="col">errors</th><th scope="col">compared</th><th scope="col">different</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function differences({ whole }: MigrationView): string {
  const samples = addRoutes(Object.values(whole)).differences;
  if (samples.length === 0) return '';
  const items = samples.map(
    (one) =>
      `<li><code>${escapeHtml(`${one.method} ${one.path}`)}</code> at <code>${escapeHtml(one.at)}</code>: monolith <code>${escapeHtml(one.owner ?? 'nothing')}</code>, service <code>${escapeHtml(one.candidate ?? 'nothing')}</code></li>`,
  );
  return `<details open><summary>Differences</summary><ul>${items.join('')}</ul></details>`;
}

function proofList({ proof, forwarded }: MigrationView): string {
  const through = `<p class="legend">${number(forwarded.requests)} requests through the proxy, ${number(forwarded.failures)} failed</p>`;
  if (proof === undefined) return through;
  const checks = proof.checks.map(
    (one) =>
      `<li class="${one.holds ? 'done' : 'held'}"><b>${escapeHtml(one.name)}</b> <span>${escapeHtml(one.detail)}</span></li>`,
  );
  const lag = `lag p50 ${Math.round(proof.lagMs.p50)} ms, p99 ${Math.round(proof.lagMs.p99)} ms`;
  return `${through}<h3>Proof: it ${proof.holds ? 'holds' : 'does not hold'}</h3><ol class="steps checks">${checks.join('')}</ol><p class="legend">${lag}</p>${measureTable(proof)}`;
}

function measureTable({ before, after }: Proof): string {
  const rows = after.map(({ name, value }) => {
    const was = before.find((one) => one.name === name)?.value;
    return `<tr><th scope="row">${escapeHtml(name)}</th><td>${was === undefined ? '' : number(was)}</td><td>${number(value)}</td></tr>`;
  });
  if (rows.length === 0) return '';
  const head = '<tr><th scope="col">measure</th><th scope="col">before</th><th scope="col">after</th></tr>';
  return `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
