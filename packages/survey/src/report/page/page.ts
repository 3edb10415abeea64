import { createHash } from 'node:crypto';
import type { Survey } from '../../survey.ts';
import { shortName } from '../short-name.ts';
import { contextCard } from './context-card.ts';
import { contextMap } from './context-map.ts';
import { html, Markup } from './markup.ts';
import { tableMatrix } from './matrix.ts';
import { observed } from './observed.ts';
import { counted, type PageModel, type Part, pageModel } from './page-model.ts';
import { quadrant } from './quadrant.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';
import { treemap } from './treemap.ts';

const shown = { order: 10, hotspots: 10, coupled: 10, shared: 60, omissions: 50 };

/**
 * A survey as one page that needs nothing else: its policy forbids every request and every script but its own. `title` is what the page is
 * about, such as the name of the folder.
 */
export function surveyPage(survey: Survey, title: string): string {
  const model = pageModel(survey);
  const parts = [
    order(model),
    observed(model),
    hotspots(model),
    tables(model),
    cards(model),
    shared(model),
    missing(survey),
  ];
  const links = parts.filter((part) => part !== undefined);
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${sha256(pageScript)}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="banyan survey">
<title>Survey of ${title}</title><style>${new Markup(pageStyle)}</style></head>
<body><header><p class="soft">Where the seams are</p><h1>${title}</h1>${lead(model)}${facts(survey)}</header>
<nav aria-label="Parts of the page">${links.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}</nav>
<main>${links.map(({ body }) => body)}</main>
<script>${new Markup(pageScript)}</script></body></html>
`.text;
}

function lead({ contexts, survey }: PageModel): Markup {
  const [first] = contexts;
  if (first === undefined)
    return html`<p class="lead">No bounded contexts were found: there is too little here that hangs together.</p>`;
  const { candidate, name, rank } = first;
  const knots = Object.values(candidate.knots).reduce((sum, times) => sum + times, 0);
  const holds =
    knots === 0 ? 'no knot holds it' : `${counted(knots, 'knot')} ${knots === 1 ? 'holds' : 'hold'} it`;
  return html`<p class="lead">${counted(contexts.length, 'bounded context')} ${contexts.length === 1 ? 'is' : 'are'} proposed. By ease times benefit (${survey.driver}), <a href="#context-${rank}"><strong>${name}</strong></a> comes out first: ${holds}.</p>`;
}

function facts({ files, graph, history, knots }: Survey): Markup {
  const all: [number, string][] = [
    [files, 'file'],
    [graph.modules.length, 'module'],
    [graph.ties.length, 'tie'],
    [graph.tables.length, 'table'],
    [graph.endpoints.length, 'entry point'],
    [knots.length, 'knot'],
    [history?.commits ?? 0, 'commit'],
  ];
  return html`<ul class="facts">${all
    .filter(([count]) => count > 0)
    .map(
      ([count, what]) =>
        html`<li><b>${count.toLocaleString('en-US')}</b> <span class="soft">${what}${count === 1 ? '' : 's'}</span></li>`,
    )}</ul>`;
}

function order(model: PageModel): Part | undefined {
  const { contexts } = model;
  if (contexts.length === 0) return undefined;
  const rows = contexts.map(({ rank, name, hue, candidate }) => {
    const { ease, benefit, knots, callers, sagaSteps } = candidate;
    const held = Object.values(knots).reduce((sum, times) => sum + times, 0);
    return html`<tr><td><span class="badge" style="--hue:${hue}">${rank}</span> <a href="#context-${rank}">${name}</a></td><td>${ease}</td><td>${benefit}</td><td>${held}</td><td>${callers}</td><td>${sagaSteps === 0 ? '' : sagaSteps}</td></tr>
`;
  });
  return {
    id: 'order',
    name: 'Contexts and order',
    body: html`<div class="pair" id="order"><section class="panel"><h2>The contexts</h2>${contextMap(model)}</section>
<section class="panel"><h2>What to take out first</h2>${quadrant(model)}
${ranking(rows.slice(0, shown.order))}${
  rows.length > shown.order
    ? html`<details class="fold"><summary>${counted(rows.length - shown.order, 'more context')}</summary>${ranking(rows.slice(shown.order))}</details>`
    : ''
}</section></div>
`,
  };
}

function ranking(rows: readonly Markup[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Order"><table class="order"><thead><tr><th scope="col">context</th><th scope="col">ease</th><th scope="col">benefit</th><th scope="col">knots</th><th scope="col">callers</th><th scope="col">saga</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function hotspots(model: PageModel): Part | undefined {
  const map = treemap(model);
  if (map === undefined) return undefined;
  const { history } = model.survey;
  const hottest = [...(history?.files ?? [])].sort((a, b) => b.hotspot - a.hotspot).slice(0, shown.hotspots);
  const coupled = history?.coupled.slice(0, shown.coupled) ?? [];
  const legend =
    history === undefined
      ? html`<p class="soft">A box is a file, as large as it has lines. There is no history that would say which are changed.</p>`
      : html`<p class="soft">A box is a file, as large as it has lines, and as hot as it is often changed and hard to follow.</p><p class="scale"><span>seldom changed, plain</span><i></i><span>often changed, hard</span></p>`;
  return {
    id: 'hotspots',
    name: 'Hotspots',
    body: html`<section class="panel" id="hotspots"><h2>Hotspots</h2>${legend}${map}${
      hottest.length === 0
        ? ''
        : html`<details class="fold"><summary>The hottest as a list, and files that change together</summary><ol>${hottest.map(
            ({
              path,
              changes,
              authors,
            }) => html`<li><code>${path}</code> <span class="soft">${counted(changes, 'change')} by ${counted(authors, 'author')}</span></li>
`,
          )}</ol>${
            coupled.length === 0
              ? ''
              : html`<h4>Change together</h4><ul>${coupled.map(
                  ({
                    files: [a, b],
                    together,
                    share,
                  }) => html`<li><code>${a}</code> and <code>${b}</code> <span class="soft">${counted(together, 'time')}, ${Math.round(share * 100)} % of the changes of either</span></li>
`,
                )}</ul>`
          }</details>`
    }</section>
`,
  };
}

function tables(model: PageModel): Part | undefined {
  const body = tableMatrix(model);
  return (
    body && {
      id: 'tables',
      name: 'Tables',
      body: html`<section class="panel" id="tables"><h2>Tables and who works on them</h2>${body}</section>
`,
    }
  );
}

function cards(model: PageModel): Part | undefined {
  if (model.contexts.length === 0) return undefined;
  return {
    id: 'cuts',
    name: 'Each cut',
    body: html`<section id="cuts"><h2>Each cut, and what answers it</h2>
<div id="finder" hidden><label>Find a file, a table, an entry point <input id="find" type="search" autocomplete="off"></label><span id="hits" class="soft" role="status"></span><span class="tools"><button type="button" data-open="yes">Open all</button> <button type="button" data-open="no">Close all</button></span><ul id="found"></ul></div>
${model.contexts.map((context) => contextCard(context, model))}</section>
`,
  };
}

function shared({ survey }: PageModel): Part | undefined {
  const all = survey.proposal.shared;
  if (all.length === 0) return undefined;
  const reasons = [...new Set(all.map(({ why }) => why))];
  return {
    id: 'shared',
    name: 'Shared',
    body: html`<section class="panel" id="shared"><h2>In no context</h2>${reasons.map((reason) => {
      const mine = all.filter(({ why }) => why === reason);
      const names = (some: typeof mine) =>
        some.map(
          ({ module }) => html`<code data-name="${module}" title="${module}">${shortName(module)}</code> `,
        );
      const rest = mine.slice(shown.shared);
      return html`<h4>${reason} <span class="count">${mine.length}</span></h4><p class="words">${names(mine.slice(0, shown.shared))}</p>${
        rest.length === 0
          ? ''
          : html`<details class="fold"><summary>${rest.length} more</summary><p class="words">${names(rest)}</p></details>`
      }`;
    })}</section>
`,
  };
}

function missing({ missing: lacking, omissions }: Survey): Part | undefined {
  if (lacking.length + omissions.length === 0) return undefined;
  const more = omissions.length - shown.omissions;
  return {
    id: 'missing',
    name: 'Missing',
    body: html`<section class="panel" id="missing"><h2>What could not be had</h2>${
      lacking.length === 0
        ? ''
        : html`<ul>${lacking.map(
            ({
              what,
              why,
              remedy,
            }) => html`<li><strong>${what}</strong>: ${why}. <span class="good">${remedy}</span></li>
`,
          )}</ul>`
    }${
      omissions.length === 0
        ? ''
        : html`<details class="fold"><summary>${counted(omissions.length, 'file')} not read whole</summary><ul>${omissions
            .slice(0, shown.omissions)
            .map(
              ({ path, why }) => html`<li><code>${path}</code> ${why}</li>
`,
            )}${more > 0 ? html`<li class="soft">and ${more} more in survey.json</li>` : ''}</ul></details>`
    }</section>
`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
