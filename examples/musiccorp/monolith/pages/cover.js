import { html } from './html.js';

/** An album cover drawn from the item's id: the same one on every page. */
export function cover(id, title) {
  const seed = scatter(id);
  const hue = seed % 360;
  const other = (hue + 30 + ((seed >>> 9) % 5) * 40) % 360;
  const colours = {
    back: `hsl(${hue} 55% ${24 + ((seed >>> 5) % 4) * 9}%)`,
    front: `hsl(${other} 75% 62%)`,
    light: `hsl(${(hue + 180) % 360} 45% 88%)`,
  };
  const motif = MOTIFS[(seed >>> 13) % MOTIFS.length];
  return html`<svg class="cover" viewBox="0 0 100 100" role="img" aria-label="Cover of ${title}">
    <rect width="100" height="100" fill="${colours.back}"/>${motif(colours, seed >>> 17)}</svg>`;
}

function scatter(id) {
  let x = Math.imul(id, 0x9e3779b1) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b) >>> 0;
  return (x ^ (x >>> 13)) >>> 0;
}

const times = (count, draw) => Array.from({ length: count }, (_, index) => draw(index));

const MOTIFS = [
  (
    { front, light },
    n,
  ) => html`<circle cx="${30 + (n % 5) * 10}" cy="50" r="${24 + (n % 12)}" fill="${front}"/>
    <circle cx="${40 + (n % 4) * 8}" cy="${44 + (n % 3) * 6}" r="${8 + (n % 9)}" fill="${light}"/>`,
  ({ front, light }, n) =>
    times(
      7,
      (i) =>
        html`<rect x="0" y="${6 + i * 14}" width="${30 + ((n * (i + 3) * 7) % 70)}" height="7" fill="${i % 3 === 1 ? light : front}"/>`,
    ),
  ({ front, light }, n) =>
    times(
      6,
      (i) =>
        html`<circle cx="50" cy="${64 + (n % 5) * 6}" r="${62 - i * 10}" fill="none" stroke="${i % 2 ? light : front}" stroke-width="3"/>`,
    ),
  (
    { front, light },
    n,
  ) => html`<path d="M0 ${60 + (n % 20)} Q25 ${30 + (n % 15)} 50 ${58 + (n % 9)} T100 52 V100 H0Z" fill="${front}"/>
    <path d="M0 80 Q30 ${60 + (n % 16)} 60 78 T100 74 V100 H0Z" fill="${light}" opacity=".8"/>
    <circle cx="${20 + (n % 60)}" cy="24" r="${7 + (n % 7)}" fill="${light}"/>`,
  ({ front, light }, n) =>
    times(
      12,
      (i) =>
        html`<path d="M50 ${40 + (n % 20)} L${-60 + i * 20} -40 L${-50 + i * 20} -40Z M50 ${40 + (n % 20)} L${-60 + i * 20} 150 L${-50 + i * 20} 150Z" fill="${i % 4 === n % 4 ? light : front}"/>`,
    ),
  ({ front, light }, n) =>
    times(
      16,
      (i) =>
        html`<rect x="${12 + (i % 4) * 20}" y="${12 + Math.floor(i / 4) * 20}" width="16" height="16" rx="${(n >> (i % 7)) & 1 ? 8 : 1}" fill="${(n >> (i % 11)) & 1 ? front : light}"/>`,
    ),
  (
    { front, light },
    n,
  ) => html`<path d="M50 ${10 + (n % 10)} L${86 - (n % 9)} 84 L14 ${80 - (n % 12)}Z" fill="${front}"/>
    <path d="M50 92 L${30 + (n % 8)} 52 L72 ${48 + (n % 10)}Z" fill="${light}"/>`,
];
