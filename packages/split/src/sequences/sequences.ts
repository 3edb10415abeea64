import { quoteLiteral, quoteTable } from '@banyan/postgres';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Side, Sides } from '../sides/sides.ts';

/** A sequence that numbers a column of a moved table, on both sides. */
export interface SequencePair {
  readonly table: string;
  readonly column: string;
  /** The sequence on either side as SQL text. */
  readonly names: Readonly<Record<SideName, string>>;
  /** 1 when it counts up, -1 when down. */
  readonly direction: 1 | -1;
  /** Whether an index finds the column's last value without reading the table. */
  readonly indexed: boolean;
}

interface Owned {
  readonly table: string;
  readonly column: string;
  readonly sequence: string;
  readonly direction: 1 | -1;
  readonly indexed: boolean;
}

const ownedSql = `
  select wanted.name as table, a.attname::text as column, sign(s.seqincrement)::int as direction,
    quote_ident(n.nspname) || '.' || quote_ident(q.relname) as sequence,
    exists (select from pg_index i where i.indrelid = a.attrelid and i.indkey[0] = a.attnum and i.indpred is null) as indexed
  from unnest($1::text[], $2::text[]) as wanted(name, quoted)
  join pg_attribute a on a.attrelid = wanted.quoted::regclass
  join pg_depend d on d.refobjid = a.attrelid and d.refobjsubid = a.attnum and d.deptype in ('a', 'i')
    and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
  join pg_class q on q.oid = d.objid and q.relkind = 'S' join pg_sequence s on s.seqrelid = q.oid
  join pg_namespace n on n.oid = q.relnamespace`;

/** The sequences that belong to columns of the tables on both sides: of serial and identity columns. */
export async function sequencePairs(sides: Sides, plan: SplitPlan): Promise<SequencePair[]> {
  const names = plan.tables.map(({ name }) => name);
  const owned = ({ pool }: Side) => ask<Owned>(pool, ownedSql, [names, names.map(quoteTable)]);
  const [source, target] = await Promise.all([owned(sides.source), owned(sides.target)]);
  return source.flatMap(({ table, column, sequence, direction, indexed }) => {
    const there = target.find((one) => one.table === table && one.column === column);
    if (there === undefined) return [];
    return [
      {
        table,
        column,
        direction,
        indexed: indexed && there.indexed,
        names: { source: sequence, target: there.sequence },
      },
    ];
  });
}

/** Reads how far each sequence is, and the last value of its column where an index knows it. */
export function readSequencesSql(side: SideName, pairs: readonly SequencePair[]): string {
  return pairs
    .map(({ table, column, names, direction, indexed }) => {
      const quoted = `"${column.replaceAll('"', '""')}"`;
      const last = indexed
        ? `(select ${direction > 0 ? 'max' : 'min'}(${quoted})::text from only ${quoteTable(table)})`
        : 'null';
      return `select case when is_called then last_value::text end as value, ${last} as last from ${names[side]}`;
    })
    .map((sql, index) => `select ${index} as index, s.* from (${sql}) s`)
    .join(' union all ');
}

/** Sets each sequence to what was found. */
export function setSequencesSql(
  side: SideName,
  pairs: readonly SequencePair[],
  values: readonly (bigint | undefined)[],
): string | undefined {
  const calls = pairs.flatMap(({ names }, index) =>
    values[index] === undefined ? [] : `setval(${quoteLiteral(names[side])}, ${values[index]})`,
  );
  return calls.length === 0 ? undefined : `select ${calls.join(', ')}`;
}

/** The value furthest along; undefined where nothing was ever numbered. Pure. */
export function furthest(direction: 1 | -1, values: readonly (string | null)[]): bigint | undefined {
  const known = values.flatMap((value) => (value === null ? [] : BigInt(value)));
  return known.reduce<bigint | undefined>(
    (best, one) => (best === undefined || (direction > 0 ? one > best : one < best) ? one : best),
    undefined,
  );
}

/** Brings the sequences of both sides past everything that either of them has given out. Returns how many there are. */
export async function alignSequences(
  sides: Sides,
  pairs: readonly SequencePair[],
  to: SideName,
): Promise<number> {
  if (pairs.length === 0) return 0;
  const read = (side: SideName) =>
    ask<{ index: number; value: string | null; last: string | null }>(
      sides[side].pool,
      readSequencesSql(side, pairs),
    );
  const found = (await Promise.all([read(to), read(otherSide(to))])).flat();
  const values = pairs.map(({ direction }, index) =>
    furthest(
      direction,
      found.filter((row) => row.index === index).flatMap(({ value, last }) => [value, last]),
    ),
  );
  await Promise.all(
    (['source', 'target'] as const).map(async (side) => {
      const sql = setSequencesSql(side, pairs, values);
      if (sql !== undefined) await ask(sides[side].pool, sql);
    }),
  );
  return pairs.length;
}
