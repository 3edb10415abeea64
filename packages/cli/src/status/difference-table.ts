import type { TrafficByRoute } from '../ledger/ledger-view.ts';
import { escapeHtml, number } from './html.ts';

/** Where replies differ, by route and field, with one sample of each; and what is noise. `of` tells one table of a page from another. */
export function differenceTable(of: string, traffic: TrafficByRoute): string {
  const rows = Object.entries(traffic).flatMap(([route, { fields, compared }]) =>
    [...fields]
      .sort((a, b) => b.count - a.count)
      .map(({ field, count, samples: [sample] }) => {
        const shown = (value: string | undefined) => `<code>${escapeHtml(value ?? 'nothing')}</code>`;
        const one =
          sample === undefined
            ? ''
            : `<small>${escapeHtml(`${sample.method} ${sample.path}`)}: ${shown(sample.owner)} and ${shown(sample.candidate)}</small>`;
        return `<tr><th scope="row">${escapeHtml(route)}</th><td class="text"><code>${escapeHtml(field)}</code>${one}</td><td class="bad">${number(count)}</td><td>${number(compared)}</td></tr>`;
      }),
  );
  const noise = Object.entries(traffic).flatMap(([route, one]) =>
    one.noise.map((field) => `<code>${escapeHtml(`${route}: ${field}`)}</code>`),
  );
  const learnt = noise.length === 0 ? '' : `<p class="legend">Noise, left out: ${noise.join(', ')}</p>`;
  if (rows.length === 0) return learnt;
  const head =
    '<tr><th scope="col">route</th><th scope="col" class="text">field</th><th scope="col">different</th><th scope="col">compared</th></tr>';
  return `<details open id="differences-${escapeHtml(of)}"><summary>Differences</summary><div class="scroll" tabindex="0" role="group" aria-label="Differences"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div></details>${learnt}`;
}
