import { toPostgresError } from '@banyan/postgres';
import { NotFound } from '@banyan/runtime';
import type pg from 'pg';
import type { SeamKey } from './seam-key.ts';
import { stagesExist } from './stage/stage-record.ts';

const name = (oid: string) =>
  `(select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`;
const columns = (table: string, numbers: string) => `(select json_agg(a.attname order by u.place)
  from unnest(${numbers}) with ordinality u(number, place) join pg_attribute a on a.attrelid = ${table} and a.attnum = u.number)`;

const keysSql = `
  select key.name, json_build_object('table', key.from, 'columns', ${columns('k.conrelid', 'k.conkey')}) as child,
    json_build_object('table', ${name('k.confrelid')}, 'columns', ${columns('k.confrelid', 'k.confkey')}) as parent
  from pg_constraint k, lateral (select ${name('k.conrelid')} as from, ${name('k.conrelid')} || '.' || k.conname as name) key
  where k.contype = 'f' and key.name = any ($1)`;

const keptSql = 'select key from banyan_seam.stages, jsonb_array_elements(keys) as key';

/**
 * Finds what foreign keys connect: in the source's catalogue, in what the stage has kept of them, or in what was kept elsewhere.
 * @param kept For those that were dropped since.
 * @throws NotFound `foreign-key-unknown`
 */
export async function readSeamKeys(
  source: pg.Pool,
  names: readonly string[],
  kept: readonly SeamKey[] = [],
): Promise<readonly SeamKey[]> {
  const known = [...(await findSeamKeys(source, names)), ...kept];
  return names.map((wanted) => {
    const found = known.find((key) => key.name === wanted);
    if (found !== undefined) return found;
    throw new NotFound(
      'foreign-key-unknown',
      `The source has no foreign key ${wanted}, and nothing was kept of it: correct its name in the configuration (schema.table.constraint), or take its answer out.`,
    );
  });
}

/** Those of the keys that the source has, or its stage has kept. */
export async function findSeamKeys(source: pg.Pool, names: readonly string[]): Promise<readonly SeamKey[]> {
  if (names.length === 0) return [];
  try {
    const { rows } = await source.query<SeamKey>(keysSql, [names]);
    const staged = (await stagesExist(source))
      ? (await source.query<{ key: SeamKey }>(keptSql)).rows.map(({ key }) => key)
      : [];
    return [...rows, ...staged.filter(({ name }) => names.includes(name))];
  } catch (error) {
    throw toPostgresError(error);
  }
}
