import { albumTitle, artistName, blurb } from './phrases.js';
import { weighted, zipf } from './random.js';
import { COUNTRIES, GENRES } from './words.js';

const DAY = 86_400_000;
const FORMATS = [
  { format: 'cd', weight: 5, low: 7, high: 15 },
  { format: 'vinyl', weight: 4, low: 17, high: 34 },
  { format: 'cassette', weight: 1, low: 6, high: 11 },
];

export const countryRows = () => COUNTRIES.map(([code, name, vat_rate]) => ({ code, name, vat_rate }));

export const genreRows = () =>
  GENRES.map((name, index) => ({ id: index + 1, slug: name.toLowerCase().replace(/[^a-z]+/g, '-'), name }));

export function artistRows(count, random) {
  const country = weighted(zipf(COUNTRIES.length), random);
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: artistName(random),
    country_code: COUNTRIES[country()][0],
    formed_in: random.between(1958, 2022),
  }));
}

/** Catalogue entries; the warehouse's columns are filled in when the sales are known. */
export function itemRows(count, artists, until, random) {
  const artist = weighted(zipf(artists.length, 0.6), random);
  const genre = weighted(zipf(GENRES.length, 0.7), random);
  const homeGenres = artists.map(() => genre() + 1);
  const format = weighted(
    FORMATS.map(({ weight }) => weight),
    random,
  );
  return Array.from({ length: count }, (_, index) => {
    const by = artist();
    const released = releaseDay(artists[by].formed_in, until, random);
    const created = Math.max(released - 40 * DAY, until - 3 * 365 * DAY);
    return {
      id: index + 1,
      title: albumTitle(artists[by].name, random),
      artist_id: artists[by].id,
      genre_id: random.chance(0.85) ? homeGenres[by] : genre() + 1,
      ...formatAndPrice(FORMATS[format()], random),
      description: blurb(artists[by].name, random),
      released_on: new Date(released).toISOString().slice(0, 10),
      created_at: new Date(created),
      updated_at: new Date(created + Math.floor(random.next() * Math.max(0, until - created))),
      withdrawn_at: null,
      shelf: `${random.pick('ABCDEFGH')}-${String(random.between(1, 60)).padStart(2, '0')}`,
    };
  });
}

function formatAndPrice({ format, low, high }, random) {
  const cents = random.between(low, high) * 100 + (random.chance(0.8) ? 99 : 49);
  return { format, price: cents / 100 };
}

// new music is most of what a shop has: half of it from the last six years
function releaseDay(formedIn, until, random) {
  const first = Date.UTC(formedIn, 0, 1);
  const age = Math.floor((until - first) * random.next() ** 2.2);
  return Math.floor((until - age) / DAY) * DAY;
}
