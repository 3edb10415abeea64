import { html, type Markup } from './markup.ts';
import { counted, type PageContext, type PageModel } from './page-model.ts';

const rowsShown = 40;

interface Cell {
  reads: number;
  writes: number;
}

interface Row {
  readonly table: string;
  readonly owner: PageContext | undefined;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly users: number;
}

/** Which context reads and writes which table; those of one context alone are folded away. */
export function tableMatrix(model: PageModel): Markup | undefined {
  const rows = rowsOf(model);
  if (rows.length === 0) return undefined;
  const isAlone = ({ users, owner, cells }: Row) =>
    users === 0 || (users === 1 && (owner === undefined || cells.has(owner.name)));
  const [several, alone] = [rows.filter((row) => !isAlone(row)), rows.filter(isAlone)];
  return html`${
    several.length === 0
      ? html`<p class="good">No table is worked on by a context that does not own it.</p>`
      : folded(several, model, 'Tables that other contexts work on')
  }${
    alone.length === 0
      ? ''
      : html`<details class="fold"${alone.length > rowsShown ? html` data-long` : ''}><summary>${counted(alone.length, 'table')} that only one context works on</summary>${grid(alone, model, 'Tables of one context')}</details>`
  }`;
}

/** Those that most contexts work on, and the rest folded away. */
function folded(rows: readonly Row[], model: PageModel, title: string): Markup {
  const rest = rows.slice(rowsShown);
  return html`${grid(rows.slice(0, rowsShown), model, title)}${
    rest.length === 0
      ? ''
      : html`<details class="fold"><summary>${counted(rest.length, 'more table')}</summary>${grid(rest, model, title)}</details>`
  }`;
}

function rowsOf({ survey, contextOf, ownerOf }: PageModel): Row[] {
  const rows = new Map<string, Map<string, Cell>>(survey.graph.tables.map(({ name }) => [name, new Map()]));
  for (const { module, table, reads, writes, maps } of survey.graph.tableUses) {
    const context = contextOf.get(module);
    const cells = rows.get(table);
    if (context === undefined || cells === undefined) continue;
    const cell = cells.get(context.name) ?? { reads: 0, writes: 0 };
    cells.set(context.name, cell);
    cell.reads += reads > 0 || maps ? 1 : 0;
    cell.writes += writes > 0 ? 1 : 0;
  }
  return [...rows]
    .map(([table, cells]): Row => ({ table, cells, owner: ownerOf.get(table), users: cells.size }))
    .sort((a, b) => b.users - a.users || (a.owner?.rank ?? 1e9) - (b.owner?.rank ?? 1e9));
}

function grid(rows: readonly Row[], { contexts }: PageModel, title: string): Markup {
  const used = contexts.filter(({ name }) =>
    rows.some(({ cells, owner }) => cells.has(name) || owner?.name === name),
  );
  return html`<p class="soft">${title}: how many modules of a context read (r) and write (w) it. The owner's cell is framed.</p>
<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table class="matrix">
<thead><tr><th scope="col">table</th>${used.map(
    ({ name, rank, hue }) =>
      html`<th scope="col" style="--hue:${hue}"><a href="#context-${rank}"><span>${name}</span></a></th>`,
  )}</tr></thead>
<tbody>${rows.map(
    ({
      table,
      owner,
      cells,
    }) => html`<tr data-name="${table}"><th scope="row"><code>${table}</code></th>${used.map((context) => {
      const cell = cells.get(context.name);
      const kind = cell === undefined ? 'none' : cell.writes > 0 ? 'writes' : 'reads';
      const own = owner === context ? ' own' : '';
      const strong = Math.min(100, 25 + 15 * ((cell?.reads ?? 0) + (cell?.writes ?? 0)));
      return html`<td class="${kind}${own}" style="--hue:${context.hue};--strong:${strong}%">${says(cell)}</td>`;
    })}</tr>
`,
  )}</tbody></table></div>`;
}

function says(cell: Cell | undefined): Markup | string {
  if (cell === undefined) return '';
  const { reads, writes } = cell;
  return html`${reads > 0 ? html`<span>${reads} r</span>` : ''}${reads > 0 && writes > 0 ? ' ' : ''}${writes > 0 ? html`<b>${writes} w</b>` : ''}`;
}
