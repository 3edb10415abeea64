import type { Observation } from '../../observations/observation.ts';
import { html, type Markup } from './markup.ts';
import { counted, type PageModel, type Part } from './page-model.ts';

const shown = { first: 4, folded: 40, places: 3 };

/** What stands out beside the cuts: a box for each kind. */
export function observed(model: PageModel): Part | undefined {
  const all = model.survey.observations;
  if (all.length === 0) return undefined;
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  return {
    id: 'observed',
    name: 'What stands out',
    body: html`<section class="panel" id="observed"><h2>Where to begin, where to be careful</h2>
<div class="knots">${kinds.map((kind) =>
      ofKind(
        all.filter((one) => one.kind === kind),
        model,
      ),
    )}</div></section>
`,
  };
}

function ofKind(all: readonly Observation[], model: PageModel): Markup {
  const { kind, advice } = all[0]!;
  const rest = all.slice(shown.first, shown.first + shown.folded);
  const more = all.length - shown.first - rest.length;
  const list = (some: readonly Observation[]) => some.map((one) => said(one, model));
  return html`<section class="knot"><h3>${kind} <span class="count">${all.length}</span></h3><p class="remedy">${advice}</p>
<ul>${list(all.slice(0, shown.first))}</ul>${
    rest.length === 0
      ? ''
      : html`<details class="fold"><summary>${counted(all.length - shown.first, 'more', 'more')}</summary><ul>${list(rest)}${
          more > 0 ? html`<li class="soft">and ${more} more in survey.json</li>` : ''
        }</ul></details>`
  }</section>
`;
}

function said({ says, contexts, evidence }: Observation, { named }: PageModel): Markup {
  const places = [...new Set(evidence.map(({ path, line }) => `${path}:${line}`))];
  const chips = contexts.map((name) => named.get(name)).filter((context) => context !== undefined);
  return html`<li>${says}${chips.map(
    ({ rank, name, hue }) => html` <a class="chip" href="#context-${rank}" style="--hue:${hue}">${name}</a>`,
  )}${places.slice(0, shown.places).map((place) => html` <code class="place">${place}</code>`)}</li>
`;
}
