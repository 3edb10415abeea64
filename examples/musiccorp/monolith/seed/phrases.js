import { ADJECTIVES, CITIES, FIRST_NAMES, LAST_NAMES, NOUNS, STREETS, VERBS } from './words.js';

const ARTIST_SHAPES = [
  (r) => `The ${r.pick(ADJECTIVES)} ${plural(r.pick(NOUNS))}`,
  (r) => `${r.pick(ADJECTIVES)} ${r.pick(NOUNS)}`,
  (r) => `${r.pick(FIRST_NAMES)} ${r.pick(LAST_NAMES)}`,
  (r) => `${r.pick(NOUNS)} & ${r.pick(NOUNS)}`,
  (r) => `${r.pick(FIRST_NAMES)} ${r.pick(LAST_NAMES)} Trio`,
  (r) => `${plural(r.pick(NOUNS))} of ${r.pick(CITIES)}`,
  (r) => `DJ ${r.pick(NOUNS)}`,
];

const TITLE_SHAPES = [
  (r) => `${r.pick(ADJECTIVES)} ${r.pick(NOUNS)}`,
  (r) => `${r.pick(ADJECTIVES)} ${plural(r.pick(NOUNS))}`,
  (r) => `${r.pick(VERBS)} the ${r.pick(NOUNS)}`,
  (r) => `The ${r.pick(NOUNS)} and the ${r.pick(NOUNS)}`,
  (r) => `${plural(r.pick(NOUNS))} of ${r.pick(CITIES)}`,
  (r) => `Live in ${r.pick(CITIES)}, ${r.between(1971, 2024)}`,
  (r) => r.pick(NOUNS),
  (r) => `${r.pick(VERBS)} ${r.pick(CITIES)}`,
  (r) => `No More ${plural(r.pick(NOUNS))}`,
  (r) => `${r.pick(NOUNS)}, Vol. ${r.between(1, 4)}`,
];

const SENTENCES = [
  (r, artist) => `${artist} recorded it in ${r.pick(CITIES)} in ${r.between(3, 40)} days, mostly at night.`,
  (r) =>
    `A ${r.pick(ADJECTIVES).toLowerCase()} record about a ${r.pick(NOUNS).toLowerCase()} and what came after.`,
  (r) =>
    `Listen for the ${r.pick(NOUNS).toLowerCase()} at the end of the ${r.pick(['first', 'second', 'third'])} side.`,
  (r) => `“${r.pick(VERBS)} the ${r.pick(NOUNS)}” became the song that everybody knows.`,
  (r, artist) => `It took ${artist} ${r.between(2, 9)} years to follow it up.`,
  (r) =>
    `${r.pick(FIRST_NAMES)} ${r.pick(LAST_NAMES)} produced it; the tapes were lost once and found again.`,
  (r) => `Pressed from the original masters, with a booklet of ${r.between(8, 48)} pages.`,
];

const plural = (noun) => (/[sxh]$/.test(noun) ? `${noun}es` : noun.replace(/([^aeo])y$/, '$1ie').concat('s'));

export const artistName = (random) => random.pick(ARTIST_SHAPES)(random);

export const albumTitle = (artist, random) =>
  random.chance(0.04) ? artist : random.pick(TITLE_SHAPES)(random);

/** A few sentences; one in fifty is an essay, long enough that PostgreSQL stores it apart from its row. */
export function blurb(artist, random) {
  const paragraph = (length) =>
    Array.from({ length }, () => random.pick(SENTENCES)(random, artist)).join(' ');
  if (!random.chance(0.02)) return paragraph(random.between(1, 3));
  return Array.from({ length: random.between(12, 24) }, () => paragraph(random.between(5, 8))).join('\n\n');
}

export const personName = (random) => `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;

export const address = (random) =>
  `${random.between(1, 180)} ${random.pick(STREETS)} ${random.pick(['Street', 'Lane', 'Road'])}, ${random.between(10000, 99999)} ${random.pick(CITIES)}`;
