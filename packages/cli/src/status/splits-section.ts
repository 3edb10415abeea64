import type { LedgerView } from '../ledger/ledger-view.ts';
import { escapeHtml, number } from './html.ts';

/** The tables that move: who owns them, how far each split is, and what was found. Nothing where there are none. */
export function splitsSection(splits: LedgerView['splits']): string {
  return Object.entries(splits)
    .filter(([, { status }]) => status !== 'new')
    .map(([name, view]) => {
      const { plan, owner, steps, change, changes, verification } = view;
      const names = (plan?.tables ?? []).map((table) => escapeHtml(table.name));
      const who = owner === 'target' ? `the service ${plan?.service}` : 'the monolith';
      const copied = plan?.keep === undefined ? '' : `; the service ${escapeHtml(plan.service)} has a copy`;
      const items = Object.entries(steps).map(([step, { status, evidence }]) =>
        item(status === 'done' ? 'done' : 'begun', step, evidence?.summary ?? ''),
      );
      const turns = changes.map(({ to, undone, figures }) => {
        const pause =
          figures?.pauseMs === undefined
            ? ''
            : `writers waited for ${number(Math.round(figures.pauseMs))} ms`;
        return item(undone === undefined ? 'done' : 'held', `to the ${to}`, undone ?? pause);
      });
      const under = change === undefined ? [] : [item('begun', `to the ${change.to}`, 'under way')];
      const found =
        verification === undefined
          ? ''
          : `<p class="legend">Verified last at <time>${escapeHtml(verification.at.slice(0, 19).replace('T', ' '))}</time> UTC: ${number(verification.compared)} rows compared: ${number(verification.missing)} missing, ${number(verification.extra)} extra, ${number(verification.different)} different</p>`;
      return `<section><h2>${escapeHtml(name)}: ${escapeHtml(view.status)}</h2><p>${names.join(', ')} ${names.length === 1 ? 'belongs' : 'belong'} to ${escapeHtml(who)}${copied}.</p>
<ol class="steps">${[...items, ...turns, ...under].join('')}</ol>${found}</section>`;
    })
    .join('');
}

function item(kind: string, name: string, text: string): string {
  return `<li class="${kind}"><b>${escapeHtml(name)}</b> <span>${escapeHtml(text)}</span></li>`;
}
