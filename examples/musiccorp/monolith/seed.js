import { readFile } from 'node:fs/promises';
import { openDatabase, transaction } from './database.js';
import { countSales, recommend } from './recommendation/recompute.js';
import { generate } from './seed/generate.js';
import { loadRows } from './seed/load-rows.js';

const { DATABASE_URL, SEED = '1', SCALE = '1', SEED_UNTIL } = process.env;
const started = Date.now();

const say = (sentence) => console.error(`musiccorp seed: ${sentence}`);

async function seed(tx) {
  // two seeds at once: the second waits and then finds the work done
  await tx.query(`select pg_advisory_xact_lock(hashtext('musiccorp seed'))`);
  const { rows } = await tx.query(`select to_regclass('public.items') is not null as done`);
  if (rows[0].done) return say('the shop is there already');
  await tx.query(await readFile(new URL('./schema.sql', import.meta.url), 'utf8'));
  for (const { table, columns, rows } of generate({ seed: SEED, scale: scale(), until: until() })) {
    await loadRows(tx, table, columns, rows);
    say(`${rows.length} ${table.replace('_', ' ')} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  await countSales(tx);
  await recommend(tx);
  await tx.query('analyze');
  say(`done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function scale() {
  const number = Number(SCALE);
  if (!(number > 0 && number <= 100))
    throw new Error(`SCALE must be a number above 0 and up to 100, not ${SCALE}`);
  return number;
}

/** The shop's three years end today, or on the day that SEED_UNTIL names. */
function until() {
  const day = SEED_UNTIL ?? new Date().toISOString().slice(0, 10);
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time)) throw new Error(`SEED_UNTIL must be a date such as 2026-03-01, not ${SEED_UNTIL}`);
  return time;
}

if (!DATABASE_URL) {
  say('set DATABASE_URL to an empty PostgreSQL database');
  process.exit(1);
}
const pool = openDatabase(DATABASE_URL);
try {
  // one transaction: a seed that dies leaves an empty database behind
  await transaction(pool, seed);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
} finally {
  await pool.end();
}
