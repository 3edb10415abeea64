import { type Bond, strength } from '../../contexts/bonds.ts';
import { html, type Markup } from './markup.ts';
import { clipped, counted, type PageContext, type PageModel, px } from './page-model.ts';

const bondsShown = 60;
/** Of so many contexts names fit beside the circles. */
const crowded = 14;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  /** Where names turn outwards, which takes more room. */
  readonly crowdedRadius: number;
  readonly largest: number;
  readonly className: string;
}

const wide: Frame = {
  width: 720,
  height: 620,
  radius: 225,
  crowdedRadius: 190,
  largest: 44,
  className: 'wide',
};
const narrow: Frame = {
  width: 380,
  height: 420,
  radius: 118,
  crowdedRadius: 102,
  largest: 28,
  className: 'narrow',
};

interface Spot {
  readonly context: PageContext;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly angle: number;
  readonly isCrowded: boolean;
}

/** The contexts on a circle, those that lean on each other side by side; a line is drawn on its right hand, so that each direction is seen. */
export function contextMap(model: PageModel): Markup {
  const shown = model.bonds.slice(0, bondsShown);
  const more = model.bonds.length - shown.length;
  return html`<figure class="map">${[wide, narrow].map((frame) => drawn(model, shown, frame))}
<figcaption>A circle is a context, as large as what it holds; a line leans from its own colour to the other end, as thick as there are ties, uses of tables and foreign keys.${
    more > 0 ? ` The ${bondsShown} strongest of ${model.bonds.length} are drawn.` : ''
  } Choose a context to open it.</figcaption></figure>`;
}

function drawn({ contexts, bonds: all }: PageModel, bonds: readonly Bond[], frame: Frame): Markup {
  const spots = placed(aroundTheCircle(contexts, all), frame);
  const of = new Map(spots.map((spot) => [spot.context.name, spot]));
  const most = Math.max(1, ...bonds.map(strength));
  return html`<svg class="${frame.className}" viewBox="0 0 ${frame.width} ${frame.height}" role="group" aria-label="Map of the contexts">
${[...bonds].reverse().map((bond) => line(bond, of.get(bond.from)!, of.get(bond.to)!, most, frame))}
${spots.map((spot) => circle(spot, frame))}</svg>`;
}

/** Beginning with the first, always the one that is tied most to the last ones. */
function aroundTheCircle(contexts: readonly PageContext[], bonds: readonly Bond[]): PageContext[] {
  const between = new Map<string, number>();
  for (const bond of bonds)
    for (const key of [`${bond.from}\n${bond.to}`, `${bond.to}\n${bond.from}`])
      between.set(key, (between.get(key) ?? 0) + strength(bond));
  const left = [...contexts];
  const order = left.splice(0, 1);
  while (left.length > 0) {
    const pull = ({ name }: PageContext) =>
      [1, 0.3].reduce((sum, weight, back) => {
        const other = order.at(-1 - back);
        return sum + weight * (between.get(`${name}\n${other?.name}`) ?? 0);
      }, 0);
    const next = left.reduce((best, each) => (pull(each) > pull(best) ? each : best));
    order.push(...left.splice(left.indexOf(next), 1));
  }
  return order;
}

function placed(contexts: readonly PageContext[], frame: Frame): Spot[] {
  const { width, height, largest } = frame;
  const isCrowded = contexts.length > crowded;
  const radius = isCrowded ? frame.crowdedRadius : frame.radius;
  const sizeOf = ({ modules, tables }: PageContext) => modules.length + tables.length;
  const most = Math.max(1, ...contexts.map(sizeOf));
  const room = contexts.length < 2 ? largest : (Math.PI * radius) / contexts.length - 3;
  return contexts.map((context, at): Spot => {
    const angle = (2 * Math.PI * at) / contexts.length - Math.PI / 2;
    const far = contexts.length === 1 ? 0 : radius;
    const r = Math.min(Math.max(7, largest * Math.sqrt(sizeOf(context) / most)), Math.max(5, room));
    const [x, y] = [width / 2 + far * Math.cos(angle), height / 2 + far * Math.sin(angle)];
    return { context, x, y, r, angle, isCrowded };
  });
}

function line(bond: Bond, from: Spot, to: Spot, most: number, { width, height }: Frame): Markup {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  const bend = Math.min(26, length / 9);
  const [mx, my] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const inward = 0.22;
  const cx = mx + (width / 2 - mx) * inward - (dy / length) * bend;
  const cy = my + (height / 2 - my) * inward + (dx / length) * bend;
  const thick = 1 + 7 * Math.sqrt(strength(bond) / most);
  const d = `M${px(from.x)} ${px(from.y)}Q${px(cx)} ${px(cy)} ${px(to.x)} ${px(to.y)}`;
  return html`<path class="bond" data-ends="${from.context.rank} ${to.context.rank}" style="--hue:${from.context.hue}" stroke-width="${px(thick)}" d="${d}"><title>${bondSays(bond)}</title></path>
`;
}

/** What a bond is made of, as a sentence. */
export function bondSays({ from, to, ties, tableUses, foreignKeys }: Bond): string {
  const parts = [
    ties > 0 ? counted(ties, 'tie') : '',
    tableUses > 0 ? counted(tableUses, 'use of its tables', 'uses of its tables') : '',
    foreignKeys > 0 ? counted(foreignKeys, 'foreign key') : '',
  ];
  return `${from} leans on ${to}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function circle(spot: Spot, frame: Frame): Markup {
  const { context, x, y, r } = spot;
  const { rank, name, modules, tables, hue } = context;
  const says = `${name}: ${counted(modules.length, 'module')}, ${counted(tables.length, 'table')}`;
  return html`<a href="#context-${rank}" data-context="${rank}" class="spot" style="--hue:${hue}" aria-label="${says}"><title>${says}</title>
<circle cx="${px(x)}" cy="${px(y)}" r="${px(r)}"/>${
    r > 11 ? html`<text class="rank" x="${px(x)}" y="${px(y)}">${rank}</text>` : ''
  }
${spot.isCrowded ? alongTheRay(spot, frame) : beside(spot, frame)}</a>
`;
}

function beside({ context, x, y, r, angle }: Spot, { width, className }: Frame): Markup {
  const { name, modules, tables } = context;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const side = Math.abs(cos) < 0.3 ? 'middle' : cos > 0 ? 'start' : 'end';
  const gap = r + 9;
  const [tx, ty] =
    side === 'middle' ? [x, y + (sin > 0 ? gap + 12 : -gap - 8)] : [x + gap * Math.sign(cos), y + 1];
  const room = side === 'middle' ? 22 : Math.floor((side === 'start' ? width - tx : tx) / 7.8);
  const counts =
    modules.length === 0 ? counted(tables.length, 'table') : `${modules.length} + ${tables.length}`;
  return html`<text class="name" text-anchor="${side}" x="${px(tx)}" y="${px(ty)}">${clipped(name, Math.min(room, className === 'wide' ? 22 : 12))}</text>
<text class="count" text-anchor="${side}" x="${px(tx)}" y="${px(ty + 14)}">${counts}</text>`;
}

/** Where many stand side by side their names turn outwards. */
function alongTheRay({ context, x, y, r, angle }: Spot, { className }: Frame): Markup {
  const isLeft = Math.cos(angle) < -0.001;
  const [tx, ty] = [x + (r + 7) * Math.cos(angle), y + (r + 7) * Math.sin(angle)];
  // Cut short they may be alike; the number is that of the list.
  const label = `${context.rank} ${clipped(context.name, className === 'wide' ? 13 : 7)}`;
  const turn = (angle * 180) / Math.PI + (isLeft ? 180 : 0);
  return html`<text class="name ray" text-anchor="${isLeft ? 'end' : 'start'}" x="${px(tx)}" y="${px(ty)}" transform="rotate(${px(turn)} ${px(tx)} ${px(ty)})">${label}</text>`;
}
