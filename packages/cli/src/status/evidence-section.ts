import {
  type Analysis,
  type AnalysisRules,
  analysisRules,
  describeFinding,
  type Finding,
  verdict,
} from '@banyan/strangler';
import type { MigrationView } from '../ledger/ledger-view.ts';
import { escapeHtml, number } from './html.ts';

const titles = { errors: 'Errors', slowness: 'Slowness', differences: 'Differences' } as const;

/** How far the evidence is towards what the analysis must be shown, or what speaks against the candidate. */
export function evidenceBars(analysis: Analysis, rules: AnalysisRules): string {
  const { kind, findings } = verdict(analysis, { rules });
  const said = {
    advance: 'Every limit is shown to be kept.',
    hold: 'Not sure enough yet; nothing changes until it is.',
    'roll-back': 'The evidence is against the service.',
  }[kind];
  const items = findings.map((one) => {
    // Evidence multiplies, so the way to go is a logarithm.
    const part = Math.max(0, Math.min(1, Math.log(Math.max(1, one.evidence)) / Math.log(one.needed)));
    const percent = Math.round(part * 100);
    const name = `${titles[one.metric]}${one.quantile === undefined ? '' : ` beyond p${one.quantile * 100}`}`;
    return `<li><b>${name}</b><meter min="0" max="100" value="${percent}">${percent} %</meter><span>${number(one.events)} of ${number(one.seen)}, ${percent} % of the evidence</span></li>`;
  });
  return `<p class="legend">${said}</p><ul class="tests">${items.join('')}</ul>`;
}

/** What the analysis decided, the newest first. */
export function decisionList(of: string, { decisions, plan }: MigrationView): string {
  if (decisions.length === 0) return '';
  const rules = analysisRules(plan?.analysis);
  const mark = { advance: 'done', hold: 'begun', 'roll-back': 'held' } as const;
  const items = [...decisions].reverse().map(({ step, verdict: kind, findings, at }) => {
    const why = findings.map((one: Finding) => describeFinding(one, rules)).join('; ');
    return `<li class="${mark[kind]}"><b>${escapeHtml(step)}</b> <span>${kind.replace('-', ' ')}: ${escapeHtml(why)} <small>${escapeHtml(at.slice(11, 19))}</small></span></li>`;
  });
  return `<details id="decisions-${escapeHtml(of)}"><summary>Decisions (${decisions.length})</summary><ol class="steps">${items.join('')}</ol></details>`;
}
