import { html, type Markup } from './markup.ts';
import { clipped, type PageContext, type PageModel, px } from './page-model.ts';

const size = { width: 480, height: 400, left: 34, right: 12, top: 26, bottom: 36 };
const dot = 12;

interface Dot {
  readonly context: PageContext;
  x: number;
  y: number;
}

/** Ease against benefit: what stands at the top on the right comes first. Dots that would cover each other stand side by side. */
export function quadrant({ contexts, survey }: PageModel): Markup {
  const { width, height, left, right, top, bottom } = size;
  const [x0, x1, y0, y1] = [left, width - right, height - bottom, top];
  const dots = contexts.map((context): Dot => {
    const { ease, benefit } = context.candidate;
    return { context, x: x0 + ((x1 - x0) * ease) / 100, y: y0 + ((y1 - y0) * benefit) / 100 };
  });
  apart(dots, { x0: x0 + dot, x1: x1 - dot, y0: y0 - dot, y1: y1 + dot });
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return html`<figure class="quadrant"><svg viewBox="0 0 ${width} ${height}" role="group" aria-label="Ease against benefit">
<rect class="field" x="${x0}" y="${y1}" width="${x1 - x0}" height="${y0 - y1}"/>
<rect class="field best" x="${mx}" y="${y1}" width="${x1 - mx}" height="${my - y1}"/>
<path class="axis" d="M${mx} ${y1}V${y0}M${x0} ${my}H${x1}"/>
<text class="corner" x="${x1}" y="${y1 - 8}" text-anchor="end">first</text>
<text class="corner" x="${x0}" y="${y1 - 8}">worth it, but hard</text>
<text class="corner" x="${x1}" y="${y0 + 17}" text-anchor="end">easy, to learn by</text>
<text class="corner" x="${x0}" y="${y0 + 17}">last</text>
<text class="title" x="${(x0 + x1) / 2}" y="${height - 8}" text-anchor="middle">ease →</text>
<text class="title" x="14" y="${(y0 + y1) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(y0 + y1) / 2})">benefit (${survey.driver}) →</text>
${dots.map(({ context, x, y }) => {
  const { ease, benefit } = context.candidate;
  const says = `${context.rank}. ${context.name}: ease ${ease}, benefit ${benefit}`;
  const isFree = dots.every((other) => other.context === context || !wouldCover({ x, y }, other));
  const isLeft = x > x1 - 90;
  return html`<a href="#context-${context.rank}" data-context="${context.rank}" class="spot" style="--hue:${context.hue}" aria-label="${says}"><title>${says}</title><circle cx="${px(x)}" cy="${px(y)}" r="${dot}"/><text class="rank" x="${px(x)}" y="${px(y)}">${context.rank}</text>${
    isFree
      ? html`<text class="name" x="${px(x + (isLeft ? -dot - 5 : dot + 5))}" y="${px(y)}" text-anchor="${isLeft ? 'end' : 'start'}">${clipped(context.name, 12)}</text>`
      : ''
  }</a>
`;
})}</svg></figure>`;
}

/** Whether the name beside the first would run into the second. */
function wouldCover(one: { x: number; y: number }, other: { x: number; y: number }): boolean {
  return Math.abs(one.y - other.y) < 2 * dot && Math.abs(one.x - other.x) < 110;
}

function apart(
  dots: readonly Dot[],
  { x0, x1, y0, y1 }: { x0: number; x1: number; y0: number; y1: number },
): void {
  const least = 2 * dot + 2;
  for (let round = 0; round < 60; round++)
    for (const [at, a] of dots.entries()) {
      for (const b of dots.slice(at + 1)) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const far = Math.hypot(dx, dy);
        if (far >= least) continue;
        // Two on the same spot part sidewards, by their order.
        const [ux, uy] = far < 0.01 ? [1, 0] : [dx / far, dy / far];
        const push = (least - far) / 2;
        a.x -= ux * push;
        a.y -= uy * push;
        b.x += ux * push;
        b.y += uy * push;
      }
      a.x = Math.min(x1, Math.max(x0, a.x));
      a.y = Math.min(y0, Math.max(y1, a.y));
    }
}
