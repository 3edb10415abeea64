import type pg from 'pg';
import { isPooled } from './is-pooled.ts';
import { limited } from './time-limit.ts';

/** Statement names by text; few, because the texts are constants but for the schema. */
const names = new Map<string, string>();
const preparable = new WeakMap<pg.Pool, Promise<boolean>>();

/** A name that is not known to the server, or a plan whose result has changed: nothing was run. */
const unprepared: readonly unknown[] = ['26000', '0A000'];

/**
 * Runs a statement that each connection of the pool parses and plans once. Through a pooler that lends its sessions it is run as any
 * other, because the next session may not know it. It is given up when it is not answered in time.
 */
export async function queryPrepared<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  client: pg.PoolClient,
  text: string,
  values: unknown[],
): Promise<readonly Row[]> {
  const statement = limited(pool, text, values);
  if (!(await canPrepare(pool, client))) return (await client.query<Row>(statement)).rows;
  try {
    return (await client.query<Row>({ name: nameOf(text), ...statement })).rows;
  } catch (error) {
    if (!unprepared.includes((error as { code?: unknown }).code)) throw error;
    preparable.set(pool, Promise.resolve(false));
    return (await client.query<Row>(statement)).rows;
  }
}

function canPrepare(pool: pg.Pool, client: pg.PoolClient): Promise<boolean> {
  const known = preparable.get(pool);
  if (known !== undefined) return known;
  const asked = isPooled(client).then((pooled) => !pooled);
  preparable.set(pool, asked);
  // Whoever comes next asks again.
  asked.catch(() => preparable.delete(pool));
  return asked;
}

function nameOf(text: string): string {
  const name = names.get(text) ?? `banyan_${names.size + 1}`;
  names.set(text, name);
  return name;
}
