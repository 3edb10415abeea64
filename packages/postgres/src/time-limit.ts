import type pg from 'pg';

/** Longer than anything that is short takes on a busy server, and shorter than the network takes to notice that nobody is there. */
const limitMs = 30_000;

/**
 * A statement that is given up when it is not answered in time, where nothing that may take long is waited for: a network may swallow
 * what is sent without a word, and then everybody who waits for the answer would wait for a quarter of an hour. The pool's own
 * `query_timeout` goes before.
 */
export function limited(
  pool: pg.Pool,
  text: string,
  values: unknown[] = [],
): { text: string; values: unknown[]; query_timeout: number } {
  return { text, values, query_timeout: pool.options.query_timeout ?? limitMs };
}
