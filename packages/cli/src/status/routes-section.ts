import { analysisRules, type RouteMode } from '@banyan/strangler';
import type { LedgerView } from '../ledger/ledger-view.ts';
import { modeOf, nextStage } from '../ledger/routes/route.ts';
import { stagesOf } from '../ledger/routes/route-definition.ts';
import type { RouteView } from '../ledger/routes/route-view.ts';
import { differenceTable } from './difference-table.ts';
import { evidenceBars } from './evidence-section.ts';
import { escapeHtml, number } from './html.ts';

const counted = ['monolith', 'service', 'errors', 'compared'];

/** The routes that stand for themselves; nothing where there are none. */
export function routesSection(routes: readonly RouteView[]): string {
  const present = routes.filter(({ status }) => status !== 'removed' && status !== 'new');
  if (present.length === 0) return '';
  const head = ['route', 'answered by', 'state', ...counted, 'different']
    .map((title, index) => `<th scope="col"${index < 3 ? ' class="text"' : ''}>${title}</th>`)
    .join('');
  const traffic = Object.fromEntries(present.map(({ name, whole }) => [name, whole]));
  return `<section><h2>Routes</h2><div class="scroll" tabindex="0" role="group" aria-label="Routes"><table class="rows"><thead><tr>${head}</tr></thead><tbody>${present.map(row).join('')}</tbody></table></div>
${present.map(underAnalysis).join('')}${differenceTable('routes', traffic)}${changes(present)}</section>`;
}

function row(view: RouteView): string {
  const { name, definition, whole } = view;
  const cells = [whole.owner.requests, whole.candidate.requests, whole.candidate.errors, whole.compared];
  return `<tr><th scope="row">${escapeHtml(name)}<small>${escapeHtml(definition?.match.path ?? '')}</small></th>
<td class="text mode" data-title="answered by">${modeBar(modeOf(view), definition?.candidate ?? 'candidate')}</td><td class="text" data-title="state">${escapeHtml(stateOf(view))}</td>
${cells.map((value, index) => `<td data-title="${counted[index]}">${number(value)}</td>`).join('')}<td data-title="different" class="${whole.different > 0 ? 'bad' : ''}">${number(whole.different)}</td></tr>`;
}

function modeBar(mode: RouteMode, candidate: string): string {
  const share = mode.kind === 'canary' ? mode.share : mode.kind === 'moved' ? 1 : 0;
  const percent = Math.round(share * 1000) / 10;
  return `<i><b style="width:${percent}%"></b></i>${percent} % ${escapeHtml(candidate)}`;
}

function stateOf(view: RouteView): string {
  if (view.status === 'rolled-back') return `rolled back: ${view.history.at(-1)?.reason ?? ''}`;
  if (view.held !== undefined) return `held by ${view.held.by}: ${view.held.reason}`;
  const rollout = view.definition?.rollout;
  if (rollout === undefined) return modeOf(view).kind;
  const stage = stagesOf(rollout)[view.stage]?.name ?? '';
  const waits = nextStage(view)?.needsApproval === true && view.approved <= view.stage;
  return waits ? `${stage}, then waits for approval` : stage;
}

function underAnalysis(view: RouteView): string {
  const rollout = view.definition?.rollout;
  const { kind } = modeOf(view);
  if (rollout === undefined || (kind !== 'shadow' && kind !== 'canary')) return '';
  return `<h3>${escapeHtml(view.name)}</h3>${evidenceBars(view.analysis, analysisRules(rollout.analysis))}`;
}

function changes(routes: readonly RouteView[]): string {
  const all = routes.flatMap(({ name, history }) => history.map((change) => ({ name, ...change })));
  const newest = all.sort((a, b) => (a.revision < b.revision ? 1 : -1)).slice(0, 20);
  const items = newest.map(
    ({ name, what, by, reason, at, revision }) =>
      `<li class="${what === 'rolled back' ? 'held' : 'done'}"><b>${escapeHtml(name)} ${what}</b> <span>${escapeHtml(by)}: ${escapeHtml(reason)} <small>revision ${revision}, ${escapeHtml(at.slice(0, 19).replace('T', ' '))}</small></span></li>`,
  );
  return `<details id="changes"><summary>Changes (${newest.length})</summary><ol class="steps">${items.join('')}</ol></details>`;
}

/** Which proxies were heard of, and what they run. */
export function proxyLine(proxies: LedgerView['proxies']): string {
  const items = Object.entries(proxies)
    .slice(-5)
    .map(
      ([name, { revision, requests }]) =>
        `${escapeHtml(name)} at revision ${escapeHtml(revision ?? 'unknown')}, ${number(requests)} requests`,
    );
  return items.length === 0 ? '' : `<p class="legend">Proxies: ${items.join(' · ')}</p>`;
}
