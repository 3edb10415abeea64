import { html, type Markup } from './markup.ts';
import { clipped, counted, type PageContext, type PageModel, px } from './page-model.ts';
import { type Box, squarify } from './squarify.ts';

/** Files that are drawn one by one; the smaller ones of a context are drawn as one. */
const filesDrawn = 400;

interface Tile {
  readonly path: string;
  readonly lines: number;
  /** 0 to 1: how hot, by history, or how large, without one. */
  readonly heat: number;
  readonly says: string;
}

interface Group {
  readonly name: string;
  readonly context: PageContext | undefined;
  readonly tiles: readonly Tile[];
  readonly lines: number;
}

const head = 20;

/** All files by context, as large as they have lines, as hot as they are changed often and hard to change. */
export function treemap(model: PageModel): Markup | undefined {
  const groups = groupsOf(model);
  if (groups.length === 0) return undefined;
  return html`<figure class="treemap">${[
    drawn(groups, { x: 0, y: 0, width: 960, height: 520 }, 'wide'),
    drawn(groups, { x: 0, y: 0, width: 380, height: 560 }, 'narrow'),
  ]}</figure>`;
}

function groupsOf({ survey, contextOf }: PageModel): Group[] {
  const histories = new Map(survey.history?.files.map((file) => [file.path, file]));
  const lines = new Map<string, number>();
  const owner = new Map<string, PageContext | undefined>();
  for (const { id, path, lines: own } of survey.graph.modules) {
    lines.set(path, (lines.get(path) ?? 0) + own);
    if (owner.get(path) === undefined) owner.set(path, contextOf.get(id));
  }
  const drawnAlone = new Set(
    [...lines]
      .sort(([, a], [, b]) => b - a)
      .slice(0, filesDrawn)
      .map(([path]) => path),
  );
  const groups = new Map<PageContext | undefined, { tiles: Tile[]; rest: number; files: number }>();
  for (const [path, size] of lines) {
    const context = owner.get(path);
    const group = groups.get(context) ?? { tiles: [], rest: 0, files: 0 };
    groups.set(context, group);
    const known = histories.get(path);
    if (drawnAlone.has(path) || (known?.hotspot ?? 0) > 0.8) {
      const changed =
        known === undefined
          ? ''
          : `, ${counted(known.changes, 'change')} by ${counted(known.authors, 'author')}`;
      const says = `${path}: ${counted(size, 'line')}${changed}`;
      group.tiles.push({ path, lines: size, heat: known?.hotspot ?? 0, says });
    } else {
      group.rest += size;
      group.files++;
    }
  }
  return [...groups]
    .map(([context, { tiles, rest, files }]): Group => {
      const others: Tile = {
        path: `${files} more`,
        lines: rest,
        heat: 0,
        says: `${counted(files, 'smaller file')}: ${counted(rest, 'line')}`,
      };
      const all = files === 0 ? tiles : [...tiles, others];
      const name = context?.name ?? 'shared';
      return { name, context, tiles: all, lines: all.reduce((sum, tile) => sum + tile.lines, 0) };
    })
    .sort((a, b) => b.lines - a.lines);
}

function drawn(groups: readonly Group[], box: Box, className: string): Markup {
  const boxes = squarify(
    groups.map(({ lines }) => lines),
    box,
  );
  return html`<svg class="${className}" viewBox="0 0 ${box.width} ${box.height}" role="group" aria-label="Files by context, as large as their lines">${groups.map((group, at) => area(group, boxes[at]!))}</svg>`;
}

function area({ name, context, tiles, lines }: Group, box: Box): Markup {
  const outer = inset(box, 1.5);
  const titled = outer.height > head * 2 && outer.width > 40;
  const inner = titled ? { ...outer, y: outer.y + head, height: outer.height - head } : outer;
  const boxes = squarify(
    tiles.map((tile) => tile.lines),
    inset(inner, 1),
  );
  const says = `${name}: ${counted(lines, 'line')}`;
  const body = html`<title>${says}</title><rect class="group" x="${px(outer.x)}" y="${px(outer.y)}" width="${px(outer.width)}" height="${px(outer.height)}"/>${
    titled
      ? html`<text class="group-name" x="${px(outer.x + 6)}" y="${px(outer.y + 14)}">${clipped(name, Math.floor((outer.width - 10) / 8.6))}</text>`
      : ''
  }${tiles.map((tile, at) => one(tile, boxes[at]!))}`;
  return context === undefined
    ? html`<g style="--hue:220" class="area shared">${body}</g>
`
    : html`<a href="#context-${context.rank}" class="area" style="--hue:${context.hue}" aria-label="${says}">${body}</a>
`;
}

function one({ path, heat, says }: Tile, box: Box): Markup {
  if (box.width < 0.6 || box.height < 0.6) return html``;
  const { x, y, width, height } = inset(box, Math.min(0.6, box.width / 4, box.height / 4));
  const fits = Math.floor((width - 8) / 6.2);
  const name = path.split('/').at(-1)!;
  const label =
    height > 15 && fits >= Math.min(name.length, 7)
      ? html`<text class="file${heat > 0.55 ? ' hot' : ''}" x="${px(x + 4)}" y="${px(y + 12)}">${clipped(name, fits)}</text>`
      : '';
  return html`<g class="tile"><title>${says}</title><rect style="--heat:${Math.round(heat * 100)}%" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/>${label}</g>`;
}

function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: Math.max(0, width - 2 * by), height: Math.max(0, height - 2 * by) };
}
