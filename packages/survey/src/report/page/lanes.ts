import { compare } from '../../graph/tie-collector.ts';
import { shortName } from '../short-name.ts';
import { html, type Markup } from './markup.ts';
import { clipped, counted, type PageContext, type PageModel, px } from './page-model.ts';

const rowsShown = 14;
const size = { width: 760, row: 24, top: 30, lane: 208, gap: 68 };

interface Box {
  readonly id: string;
  readonly label: string;
  readonly lane: number;
  weight: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly writes: boolean;
}

/** What is inside a context, in three lanes: where requests come in, what works for them, and the tables. The most tied are drawn. */
export function lanes(context: PageContext, { survey }: PageModel): Markup | undefined {
  const { graph } = survey;
  const own = new Set(context.modules);
  const tables = new Set(context.tables);
  if (own.size < 2) return undefined;
  const entries = new Set(
    graph.endpoints.filter(({ module }) => own.has(module)).map(({ module }) => module),
  );
  const edges: Edge[] = [
    ...graph.ties
      .filter(({ from, to }) => own.has(from) && own.has(to))
      .map(({ from, to }) => ({ from: `m${from}`, to: `m${to}`, writes: false })),
    ...graph.tableUses
      .filter(({ module, table }) => own.has(module) && tables.has(table))
      .map(({ module, table, writes }) => ({ from: `m${module}`, to: `t${table}`, writes: writes > 0 })),
  ];
  const boxes = new Map<string, Box>();
  for (const id of context.modules)
    boxes.set(`m${id}`, { id: `m${id}`, label: shortName(id), lane: entries.has(id) ? 0 : 1, weight: 0 });
  for (const name of context.tables)
    boxes.set(`t${name}`, { id: `t${name}`, label: name, lane: 2, weight: 0 });
  for (const { from, to } of edges) for (const end of [from, to]) boxes.get(end)!.weight++;
  const columns = [0, 1, 2].map((lane) => [...boxes.values()].filter((box) => box.lane === lane));
  const shown = columns.map((column) =>
    column.sort((a, b) => b.weight - a.weight || compare(a.id, b.id)).slice(0, rowsShown),
  );
  const places = placed(shown, edges);
  const titles = ['entry points', 'what works for them', 'tables'];
  const height = size.top + size.row * Math.max(1, ...shown.map(({ length }) => length + 1));
  const drawn = edges.filter(({ from, to }) => places.has(from) && places.has(to));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Inside ${context.name}"><svg class="lanes" viewBox="0 0 ${size.width} ${height}" role="img" aria-label="${counted(drawn.length, 'tie')} inside ${context.name}" style="--hue:${context.hue}">
${titles.map((title, lane) => (shown[lane]!.length === 0 ? '' : html`<text class="lane" x="${xOf(lane)}" y="16">${title}</text>`))}
${drawn.map((edge) => curve(edge, places))}
${shown.map((column, lane) => {
  const more = columns[lane]!.length - column.length;
  const end =
    more > 0
      ? html`<text class="lane" x="${xOf(lane)}" y="${px(size.top + column.length * size.row + 14)}">and ${more} more</text>`
      : '';
  return [...column.map((box) => drawnBox(box, places.get(box.id)!)), end];
})}</svg></div>`;
}

function xOf(lane: number): number {
  return lane * (size.lane + size.gap);
}

interface Place {
  readonly lane: number;
  y: number;
}

/** Each lane in the order of the middle of what its boxes are tied to, so that lines cross little. */
function placed(columns: readonly Box[][], edges: readonly Edge[]): Map<string, Place> {
  const places = new Map<string, Place>();
  const lay = (column: readonly Box[]) => {
    for (const [at, { id, lane }] of column.entries()) places.set(id, { lane, y: size.top + at * size.row });
  };
  for (const column of columns) lay(column);
  const beside = new Map<string, string[]>();
  for (const { from, to } of edges) {
    beside.set(from, [...(beside.get(from) ?? []), to]);
    beside.set(to, [...(beside.get(to) ?? []), from]);
  }
  for (let round = 0; round < 6; round++)
    for (const column of round % 2 === 0 ? columns : [...columns].reverse()) {
      const middle = new Map(
        column.map(({ id, lane }) => {
          const ys = (beside.get(id) ?? [])
            .map((other) => places.get(other))
            .filter((place) => place !== undefined && place.lane !== lane)
            .map((place) => place!.y);
          return [id, ys.length === 0 ? places.get(id)!.y : ys.reduce((sum, y) => sum + y, 0) / ys.length];
        }),
      );
      column.sort((a, b) => middle.get(a.id)! - middle.get(b.id)! || compare(a.id, b.id));
      lay(column);
    }
  return places;
}

function curve({ from, to, writes }: Edge, places: ReadonlyMap<string, Place>): Markup {
  const [a, b] = [places.get(from)!, places.get(to)!];
  const [ay, by] = [a.y + size.row / 2 - 2, b.y + size.row / 2 - 2];
  const className = writes ? 'strand writes' : 'strand';
  if (a.lane === b.lane) {
    const x = xOf(a.lane) + (a.lane === 0 ? size.lane : 0);
    const out = (a.lane === 0 ? 1 : -1) * Math.min(46, 12 + Math.abs(ay - by) / 5);
    return html`<path class="${className} inner" d="M${x} ${px(ay)}C${px(x + out)} ${px(ay)} ${px(x + out)} ${px(by)} ${x} ${px(by)}"/>`;
  }
  const [left, right] =
    a.lane < b.lane
      ? [
          { ...a, y: ay },
          { ...b, y: by },
        ]
      : [
          { ...b, y: by },
          { ...a, y: ay },
        ];
  const [x1, x2] = [xOf(left.lane) + size.lane, xOf(right.lane)];
  const bend = (x2 - x1) / 2;
  return html`<path class="${className}" d="M${x1} ${px(left.y)}C${px(x1 + bend)} ${px(left.y)} ${px(x2 - bend)} ${px(right.y)} ${x2} ${px(right.y)}"/>`;
}

function drawnBox({ label, lane }: Box, { y }: Place): Markup {
  return html`<g class="box${lane === 2 ? ' table' : ''}"><title>${label}</title><rect x="${xOf(lane)}" y="${px(y)}" width="${size.lane}" height="${size.row - 4}" rx="${lane === 2 ? 2 : 9}"/><text x="${xOf(lane) + 9}" y="${px(y + 14)}">${tail(label, 28)}</text></g>
`;
}

/** The end of a path says more than its beginning. */
function tail(label: string, most: number): string {
  if (label.length <= most) return label;
  return label.includes('/') ? `…${label.slice(1 - most)}` : clipped(label, most);
}
