import { quoteLiteral, quoteTable } from '@banyan/postgres';
import { otherSide, type SideName, type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Side, Sides } from '../sides/sides.ts';

/** A sequence of one side, and the column that it numbers. */
export interface OwnedSequence {
  readonly table: string;
  readonly column: string;
  /** As SQL text. */
  readonly sequence: string;
  /** 1 when it counts up, -1 when down. */
  readonly direction: 1 | -1;
  /** Whether an index finds the column's last value without reading the table. */
  readonly indexed: boolean;
}

/** Sequences that share their numbers: those of one column on both sides. Where the rows have another shape one may stand alone. */
export type SequencePair = Readonly<Partial<Record<SideName, OwnedSequence>>>;

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
  const owned = ({ pool, name: side }: Side) => {
    const names = tablesAt(plan, side).map(({ name }) => name);
    return ask<OwnedSequence>(pool, ownedSql, [names, names.map(quoteTable)]);
  };
  const [source, target] = await Promise.all([owned(sides.source), owned(sides.target)]);
  if (plan.reshaped !== undefined) return pairsAsNamed(plan.reshaped.sequences ?? {}, source, target);
  return source.flatMap((here) => {
    const there = target.find((one) => one.table === here.table && one.column === here.column);
    if (there === undefined) return [];
    const indexed = here.indexed && there.indexed;
    return [{ source: { ...here, indexed }, target: { ...there, indexed } }];
  });
}

/** Where the rows have another shape only the configuration knows which sequences share their numbers; each other goes on by itself. */
function pairsAsNamed(
  sequences: Readonly<Record<string, string>>,
  source: readonly OwnedSequence[],
  target: readonly OwnedSequence[],
): SequencePair[] {
  const pairs = Object.entries(sequences).map(([at, of]) => ({
    source: sequenceNamed(source, of),
    target: sequenceNamed(target, at),
  }));
  const isAlone = (side: SideName) => (one: OwnedSequence) =>
    pairs.every((pair) => pair[side].sequence !== one.sequence);
  return [
    ...pairs,
    ...source.filter(isAlone('source')).map((one) => ({ source: one })),
    ...target.filter(isAlone('target')).map((one) => ({ target: one })),
  ];
}

function sequenceNamed(owned: readonly OwnedSequence[], name: string): OwnedSequence {
  const known = owned.find(({ sequence }) => quoteTable(sequence.replaceAll('"', '')) === quoteTable(name));
  return known ?? { sequence: quoteTable(name), table: name, column: '', direction: 1, indexed: false };
}

/** Reads how far each sequence is, and the last value of its column where an index knows it; undefined without any. */
export function readSequencesSql(side: SideName, pairs: readonly SequencePair[]): string | undefined {
  const reads = pairs.flatMap(({ [side]: one }, index) => {
    if (one === undefined) return [];
    const { table, column, sequence, direction, indexed } = one;
    const quoted = `"${column.replaceAll('"', '""')}"`;
    const last = indexed
      ? `(select ${direction > 0 ? 'max' : 'min'}(${quoted})::text from only ${quoteTable(table)})`
      : 'null';
    const sql = `select case when is_called then last_value::text end as value, ${last} as last from ${sequence}`;
    return [`select ${index} as index, s.* from (${sql}) s`];
  });
  return reads.length === 0 ? undefined : reads.join(' union all ');
}

/** Sets each sequence to what was found. */
export function setSequencesSql(
  side: SideName,
  pairs: readonly SequencePair[],
  values: readonly (bigint | undefined)[],
): string | undefined {
  const calls = pairs.flatMap(({ [side]: one }, index) =>
    one === undefined || values[index] === undefined
      ? []
      : `setval(${quoteLiteral(one.sequence)}, ${values[index]})`,
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
  const read = async (side: SideName) => {
    const sql = readSequencesSql(side, pairs);
    type Found = { index: number; value: string | null; last: string | null };
    return sql === undefined ? [] : ask<Found>(sides[side].pool, sql);
  };
  const found = (await Promise.all([read(to), read(otherSide(to))])).flat();
  const values = pairs.map(({ source, target }, index) =>
    furthest(
      (source ?? target)!.direction,
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
