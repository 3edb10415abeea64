import { analysisRules } from '@banyan/strangler';
import type { MigrationView } from '../ledger/ledger-view.ts';
import type { Proof } from '../ledger/proof.ts';
import { noTraffic } from '../ledger/traffic.ts';
import { differenceTable } from './difference-table.ts';
import { decisionList, evidenceBars } from './evidence-section.ts';
import { escapeHtml, number } from './html.ts';

/** One migration: how far it is, what the evidence says, what was decided. */
export function migrationSection(name: string, view: MigrationView): string {
  const status = { new: 'new', running: 'running', finished: 'moved', 'rolled-back': 'rolled back' }[
    view.status
  ];
  return `<section><h2>${escapeHtml(name)} <span class="badge ${view.status}">${status}</span></h2>
${view.reason === undefined ? '' : `<p class="reason">${escapeHtml(view.reason)}</p>`}
${shareBar(view)}${stepList(view)}${evidenceNow(view)}${routeTable(view)}${differenceTable(name, view.whole)}${decisionList(name, view)}${proofList(view)}</section>`;
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

const counted = ['monolith', 'service', 'errors', 'compared'];

function routeTable({ plan, whole }: MigrationView): string {
  const rows = (plan?.routes ?? []).map(({ name, match }) => {
    const traffic = whole[name] ?? noTraffic;
    const cells = [
      traffic.owner.requests,
      traffic.candidate.requests,
      traffic.candidate.errors,
      traffic.compared,
    ];
    const p99 = `<td data-title="p99 ms">${milliseconds(traffic.owner.p99Ms)} / ${milliseconds(traffic.candidate.p99Ms)}</td>`;
    return `<tr><th scope="row">${escapeHtml(name)}<small>${escapeHtml(match.path)}</small></th>${cells.map((n, index) => `<td data-title="${counted[index]}">${number(n)}</td>`).join('')}
<td data-title="different" class="${traffic.different > 0 ? 'bad' : ''}">${number(traffic.different)}</td>${p99}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="group" aria-label="Routes"><table class="rows"><thead><tr><th scope="col">route</th>${counted.map((title) => `<th scope="col">${title}</th>`).join('')}<th scope="col">different</th><th scope="col">p99 ms</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** What is shown and what not yet, while the analysis decides. */
function evidenceNow({ status, mode, analysis, plan, paused, steps }: MigrationView): string {
  const waiting = plan?.steps.find((name) => name.startsWith('approved-') && steps[name]?.status === 'begun');
  const notes = [
    ...(paused === undefined ? [] : [`held by ${paused.by}: ${paused.reason}`]),
    ...(waiting === undefined ? [] : [`waits for the approval of ${waiting}`]),
  ];
  const note = notes.map((text) => `<p class="note">${escapeHtml(text)}</p>`).join('');
  const decides = status === 'running' && (mode.kind === 'shadow' || mode.kind === 'canary');
  return note + (decides ? evidenceBars(analysis, analysisRules(plan?.analysis)) : '');
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

function milliseconds(value: number): string {
  return value === 0 ? '–' : number(Math.round(value));
}
