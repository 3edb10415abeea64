import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';

const everyMs = 10 * 60_000;
const atOnce = 5_000;
const shortestMs = 60_000;

/**
 * What to call when a command id was used. Now and then the oldest ids are then forgotten, beside the appends; what fails is
 * tried again the next time.
 */
export function forgetCommands(pool: pg.Pool, schema: string, ageMs: number): () => void {
  let next = 0;
  return () => {
    if (Date.now() < next) return;
    next = Date.now() + everyMs;
    forget(pool, schema, Math.max(ageMs, shortestMs)).catch(() => undefined);
  };
}

async function forget(pool: pg.Pool, schema: string, ageMs: number): Promise<void> {
  const text = `select ${quoteIdentifier(schema)}.forget_commands($1::double precision * interval '1 millisecond', $2) as forgotten`;
  for (;;) {
    const { rows } = await pool.query<{ forgotten: number }>(text, [ageMs, atOnce]);
    if (rows[0]!.forgotten < atOnce) return;
  }
}
