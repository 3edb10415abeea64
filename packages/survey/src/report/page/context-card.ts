import { compare } from '../../graph/tie-collector.ts';
import type { Knot } from '../../knots/knot.ts';
import type { Crossing, Walk } from '../../walk/walk.ts';
import { shortName } from '../short-name.ts';
import { bondSays } from './context-map.ts';
import { lanes } from './lanes.ts';
import { html, type Markup } from './markup.ts';
import { counted, type PageContext, type PageModel } from './page-model.ts';

/** Lists that are longer than `onPaper`, and of more contexts all that were not opened, stay folded when the page is printed. */
const shown = { knots: 12, places: 3, rows: 12, onPaper: 40, contextsOnPaper: 12 };

/** One context: what holds it and what answers that, what is inside, how it leans on the others, and why each module is in it. */
export function contextCard(context: PageContext, model: PageModel): Markup {
  const { rank, name, candidate, hue, modules, tables } = context;
  const { ease, benefit, endpoints } = candidate;
  const holds = [
    modules.length > 0 ? counted(modules.length, 'module') : '',
    tables.length > 0 ? counted(tables.length, 'table') : 'no state',
    endpoints > 0 ? counted(endpoints, 'entry point') : '',
  ];
  return html`<details class="card"${model.contexts.length > shown.contextsOnPaper ? html` data-long` : ''} id="context-${rank}" style="--hue:${hue}" data-name="${name}">
<summary><span class="badge">${rank}</span><span class="head"><strong>${name}</strong><span class="soft">${holds.filter((each) => each !== '').join(' · ')}</span></span>
<span class="meters">${meter('ease', ease)}${meter('benefit', benefit)}</span></summary>
<div class="inside">
${words(context)}
${costs(context, model)}
${section('What is inside', lanes(context, model))}
${section('How it leans on the others', bonds(context, model))}
${section('Entry points', entryPoints(context, model))}
${section('Why each module is here', placements(context, model))}
</div></details>
`;
}

function meter(what: string, value: number): Markup {
  return html`<span class="meter"><span>${what} <b>${value}</b></span><i style="--value:${value}%"></i></span>`;
}

function section(title: string, body: Markup | undefined): Markup {
  return body === undefined ? html`` : html`<h4>${title}</h4>${body}`;
}

function words({ words: all, name, tables }: PageContext): Markup {
  const own = all.filter((word) => word !== name);
  return html`${own.length === 0 ? '' : html`<p class="words"><span class="soft">its words</span> ${own.join(', ')}</p>`}${
    tables.length === 0
      ? ''
      : html`<p class="words"><span class="soft">its tables</span> ${tables.map((table, at) => html`${at > 0 ? ' ' : ''}<code data-name="${table}">${table}</code>`)}</p>`
  }`;
}

function costs({ name, candidate }: PageContext, { survey }: PageModel): Markup {
  const holding = survey.knots.filter(({ contexts }) => contexts.includes(name));
  const { callers, uses, sagaSteps, perHour } = candidate;
  const lean = html`<p>${counted(callers, 'module')} of other contexts ${callers === 1 ? 'leans' : 'lean'} on it, and it leans on ${counted(uses, 'module')} of theirs.${
    sagaSteps > 0 ? html` Its longest transaction would become a saga over ${sagaSteps} contexts.` : ''
  }${perHour === undefined ? '' : html` The cut is crossed ${counted(Math.round(perHour), 'time')} an hour.`}</p>`;
  if (holding.length === 0)
    return html`<h4>What the cut costs</h4><p class="good">No knot holds it.</p>${lean}`;
  const kinds = [...new Set(holding.map(({ kind }) => kind))];
  return html`<h4>What the cut costs</h4>${lean}
<div class="knots">${kinds.map((kind) => knotsOf(holding.filter((knot) => knot.kind === kind)))}</div>`;
}

function knotsOf(knots: readonly Knot[]): Markup {
  const { kind, remedy } = knots[0]!;
  const [first, rest] = [knots.slice(0, 3), knots.slice(3, shown.knots)];
  const more = knots.length - shown.knots;
  return html`<section class="knot"><h5>${kind} <span class="count">${knots.length}</span></h5><p class="remedy">${remedy}</p>
<ul>${first.map(said)}</ul>${
    rest.length === 0
      ? ''
      : html`<details class="fold"><summary>${knots.length - first.length} more</summary><ul>${rest.map(said)}${more > 0 ? html`<li class="soft">and ${more} more in survey.json</li>` : ''}</ul></details>`
  }</section>
`;
}

function said({ says, evidence }: Knot): Markup {
  const places = [...new Set(evidence.map(({ path, line }) => `${path}:${line}`))];
  return html`<li>${says}${places.slice(0, shown.places).map((place) => html` <code class="place">${place}</code>`)}</li>`;
}

function bonds({ name }: PageContext, { bonds: all, named }: PageModel): Markup | undefined {
  const mine = all.filter(({ from, to }) => from === name || to === name);
  if (mine.length === 0) return undefined;
  return html`<ul class="bonds">${mine.slice(0, 2 * shown.rows).map((bond) => {
    const other = named.get(bond.from === name ? bond.to : bond.from)!;
    const isMutual = bond.from === name && mine.some(({ from }) => from === bond.to);
    return html`<li><a href="#context-${other.rank}" class="chip" style="--hue:${other.hue}">${other.name}</a> ${bondSays(bond)}${isMutual ? html` <span class="warn">and the other way round</span>` : ''}</li>
`;
  })}</ul>`;
}

function entryPoints({ modules }: PageContext, { survey, walk }: PageModel): Markup | undefined {
  const own = new Set(modules);
  const mine = survey.graph.endpoints.filter(({ module }) => own.has(module)).map(walk);
  if (mine.length === 0) return undefined;
  const far = ({ crossings }: Walk) => crossings.reduce((sum, { calls, tables }) => sum + calls + tables, 0);
  const list = (all: readonly Walk[]) =>
    html`<ul class="plain">${all.map(
      ({
        endpoint: { kind, name, module },
        crossings,
        circles,
      }) => html`<li data-name="${name}"><span class="kind">${kind}</span> <code>${name}</code> <span class="soft">${shortName(module)}</span>${crossings.slice(0, shown.places).map(crossing)}${circles.slice(0, 1).map((circle) => html` <span class="warn">circular: ${circle.join(' → ')}</span>`)}</li>
`,
    )}</ul>`;
  return html`<p class="soft">What each would cross under the cut; the chattiest come first.</p>${folded(
    mine.sort((a, b) => far(b) - far(a)),
    'entry point',
    list,
  )}`;
}

function crossing({ from, to, calls, tables }: Crossing): Markup {
  const parts = [calls > 0 ? counted(calls, 'call') : '', tables > 0 ? counted(tables, 'table') : ''];
  return html` <span class="crossing">${from} → ${to}: ${parts.filter((part) => part !== '').join(', ')}</span>`;
}

function placements({ name }: PageContext, { survey, named }: PageModel): Markup | undefined {
  const mine = survey.proposal.placements.filter(({ context }) => context === name);
  if (mine.length === 0) return undefined;
  const order = [...mine].sort((a, b) => a.share - b.share || compare(a.module, b.module));
  const rows = (all: readonly (typeof mine)[number][]) =>
    html`<table class="placements"><thead><tr><th scope="col">module</th><th scope="col">drawn here</th><th scope="col">second choice</th><th scope="col">why</th></tr></thead><tbody>${all.map(
      ({
        module,
        share,
        second,
        why,
      }) => html`<tr data-name="${module}"><td><code title="${module}">${shortName(module)}</code></td><td class="share"><i style="--value:${percent(share)}%"></i>${percent(share)} %</td><td>${
        second === undefined || percent(second.share) === 0
          ? ''
          : html`<a href="#context-${named.get(second.context)?.rank ?? 0}">${second.context}</a> ${percent(second.share)} %`
      }</td><td>${why}</td></tr>
`,
    )}</tbody></table>`;
  return html`<p class="soft">Those that are least sure come first.</p>${folded(order, 'module', rows)}`;
}

function percent(share: number): number {
  return Math.round(100 * share);
}

/** The first ones, and the rest folded away. */
function folded<T>(all: readonly T[], one: string, list: (some: readonly T[]) => Markup): Markup {
  if (all.length <= shown.rows + 3)
    return html`<div class="scroll" tabindex="0" role="region" aria-label="${one}s">${list(all)}</div>`;
  const rest = all.slice(shown.rows);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${one}s">${list(all.slice(0, shown.rows))}</div><details class="fold"${rest.length > shown.onPaper ? html` data-long` : ''}><summary>${counted(rest.length, `more ${one}`)}</summary><div class="scroll">${list(rest)}</div></details>`;
}
