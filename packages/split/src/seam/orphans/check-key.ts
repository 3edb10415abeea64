import { setTimeout as pause } from 'node:timers/promises';
import { quoteIdentifier, quoteTable, toPostgresError } from '@banyan/postgres';
import type { ForeignKeyChoice } from '../choices.ts';
import type { KeyEnd, SeamKey } from '../seam-key.ts';
import {
  columnTypes,
  type EndPools,
  findOrphans,
  type Orphans,
  type OrphanValue,
  withoutParent,
} from './find-orphans.ts';

/** What was found of one key, and what was done about it. */
export interface KeyCheck extends Orphans {
  readonly key: SeamKey;
  readonly rule: ForeignKeyChoice;
  /** Rows that were marked or deleted; 0 where nothing was to be done. */
  readonly changed: number;
}

export interface CheckKeyOptions {
  /** Whether to do what the rule says; else it is only counted. Default false. */
  readonly apply?: boolean;
  /** How long a parent may be on its way, before its rows are marked or deleted, in milliseconds. Default 5000. */
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Looks for orphans of a key and, if asked, does what the plan says of them: marks them with the time, or deletes them. They are looked
 * up a second time before that, so that a parent that was on its way counts.
 */
export async function checkKey(
  pools: EndPools,
  key: SeamKey,
  rule: ForeignKeyChoice,
  { apply = false, graceMs = 5_000, signal }: CheckKeyOptions = {},
): Promise<KeyCheck> {
  const stopped = signal === undefined ? {} : { signal };
  const act = actionOf(key.child, rule);
  if (!apply || act === undefined)
    return { key, rule, ...(await findOrphans(pools, key, stopped)), changed: 0 };
  let changed = 0;
  try {
    const types = await columnTypes(pools.child, key.child);
    const parentTypes = await columnTypes(pools.parent, key.parent);
    const found = await findOrphans(pools, key, {
      ...stopped,
      onOrphans: async (values) => {
        await pause(graceMs, undefined, stopped);
        const still = await withoutParent(pools.parent, key.parent, parentTypes, values);
        const lists = key.child.columns.map((_, at) => still.map((value: OrphanValue) => value.key[at]!));
        changed += (await pools.child.query(act(types), lists)).rowCount ?? 0;
      },
    });
    return { key, rule, ...found, changed };
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** The statement that acts upon the rows of some values; none where they are allowed, or somebody else looks after them. */
function actionOf(
  { table, columns }: KeyEnd,
  rule: ForeignKeyChoice,
): ((types: readonly string[]) => string) | undefined {
  if (rule === 'api' || rule.orphans === 'allow') return undefined;
  const isOne = (types: readonly string[]) => {
    const values = columns.map((_, at) => `v${at}`).join(', ');
    return `(${columns.map(quoteIdentifier).join(', ')}) in (select ${columns.map((_, at) => `v${at}::${types[at]}`).join(', ')}
      from unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(', ')}) as v(${values}))`;
  };
  if (rule.orphans === 'clean-up') return (types) => `delete from ${quoteTable(table)} where ${isOne(types)}`;
  const mark = quoteIdentifier(rule.column);
  return (types) =>
    `update ${quoteTable(table)} set ${mark} = now() where ${mark} is null and ${isOne(types)}`;
}
