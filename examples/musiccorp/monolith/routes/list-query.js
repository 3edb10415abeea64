import { SORTS } from '../catalogue/list-items.js';
import { oneOf, parameter, wholeNumber } from '../checks.js';

/** The parameters of a list of items, checked in the order that API.md names. */
export function listQuery(query) {
  const genre = parameter(query, 'genre');
  const artist = optional(parameter(query, 'artist'), (value) => wholeNumber(value, 'artist'));
  const page = optional(parameter(query, 'page'), (value) => wholeNumber(value, 'page', 1000));
  const sort = optional(parameter(query, 'sort'), (value) => oneOf(value, 'sort', SORTS));
  // PostgreSQL's text holds no NUL; no slug has a space
  return { genre: genre?.includes('\0') ? ' ' : genre, artist, page, sort };
}

const optional = (value, check) => (value === undefined ? undefined : check(value));
