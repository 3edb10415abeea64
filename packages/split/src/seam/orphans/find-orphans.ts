import { quoteIdentifier, quoteTable, toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import type { KeyEnd, SeamKey } from '../seam-key.ts';

/** A database that has one end of a key. */
export interface EndPools {
  readonly child: pg.Pool;
  readonly parent: pg.Pool;
}

export interface FindOrphansOptions {
  /** Blocks of the child (8 kB each) that are read at once, default 256. */
  readonly blocks?: number;
  readonly signal?: AbortSignal;
  /** Called with the values without a parent of each part, as text, and how many rows hold each. */
  readonly onOrphans?: (values: readonly OrphanValue[]) => Promise<void>;
}

/** A value that refers to no parent. */
export interface OrphanValue {
  /** As text, in the order of the key's columns. */
  readonly key: readonly string[];
  readonly rows: number;
}

/** What a pass over a child found. */
export interface Orphans {
  /** Rows that refer to a parent. */
  readonly checked: number;
  /** Rows whose parent is not there. */
  readonly orphans: number;
  /** At most 20 of their values. */
  readonly samples: readonly OrphanValue[];
}

const keptSamples = 20;

/**
 * Looks for rows of the child whose parent is not there, over two databases: the child is read part by part in the order of its
 * blocks, without a sort and without an index, and after each part the parents are asked. A parent that was there before its child is
 * so always seen; one that arrives later than its child is an orphan until then. A null in one of the columns refers to nothing.
 */
export async function findOrphans(
  { child, parent }: EndPools,
  key: SeamKey,
  { blocks = 256, signal, onOrphans }: FindOrphansOptions = {},
): Promise<Orphans> {
  try {
    const types = await columnTypes(parent, key.parent);
    const total = await blocksOf(child, key.child);
    const found = { checked: 0, orphans: 0, samples: [] as OrphanValue[] };
    for (let from = 0; from <= total; from += blocks) {
      signal?.throwIfAborted();
      const values = await valuesOf(
        child,
        key.child,
        from,
        from + blocks > total ? undefined : from + blocks,
      );
      found.checked += values.reduce((sum, { rows }) => sum + rows, 0);
      const missing = await withoutParent(parent, key.parent, types, values);
      if (missing.length === 0) continue;
      found.orphans += missing.reduce((sum, { rows }) => sum + rows, 0);
      found.samples.push(...missing.slice(0, keptSamples - found.samples.length));
      await onOrphans?.(missing);
    }
    return found;
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** The types of the columns of an end, in their order. */
export async function columnTypes(pool: pg.Pool, { table, columns }: KeyEnd): Promise<readonly string[]> {
  const { rows } = await pool.query<{ type: string }>(
    `select format_type(a.atttypid, a.atttypmod) as type from unnest($2::text[]) with ordinality u(name, place)
     join pg_attribute a on a.attrelid = $1::regclass and a.attname = u.name order by u.place`,
    [quoteTable(table), columns],
  );
  return rows.map(({ type }) => type);
}

async function blocksOf(pool: pg.Pool, { table }: KeyEnd): Promise<number> {
  const { rows } = await pool.query<{ blocks: number }>(
    `select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::float8 as blocks`,
    [quoteTable(table)],
  );
  return rows[0]!.blocks;
}

/** The last part has no end, because the table may have grown. */
async function valuesOf(
  pool: pg.Pool,
  { table, columns }: KeyEnd,
  from: number,
  to: number | undefined,
): Promise<readonly OrphanValue[]> {
  const names = columns.map(quoteIdentifier);
  const { rows } = await pool.query<{ key: string[]; rows: number }>(
    `select array[${names.map((name) => `${name}::text`).join(', ')}] as key, count(*)::float8 as rows from ${quoteTable(table)}
     where ctid >= '(${from},0)'::tid ${to === undefined ? '' : `and ctid < '(${to},0)'::tid`}
       and ${names.map((name) => `${name} is not null`).join(' and ')} group by 1`,
  );
  return rows;
}

/** Those of the values that the parent does not have now. */
export async function withoutParent(
  pool: pg.Pool,
  { table, columns }: KeyEnd,
  types: readonly string[],
  values: readonly OrphanValue[],
): Promise<readonly OrphanValue[]> {
  if (values.length === 0) return [];
  const lists = columns.map((_, at) => values.map(({ key }) => key[at]!));
  const { rows } = await pool.query<{ place: number }>(
    `select place::int - 1 as place from unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(', ')})
       with ordinality as v(${columns.map((_, at) => `v${at}`).join(', ')}, place)
     where not exists (select from ${quoteTable(table)} p
       where ${columns.map((name, at) => `p.${quoteIdentifier(name)} = v${at}::${types[at]}`).join(' and ')})`,
    lists,
  );
  return rows.map(({ place }) => values[place]!);
}
