import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import type { Row, RowWrite } from '@banyan/runtime';
import type pg from 'pg';
import type { RowDifference } from './verify.ts';

type Upsert = Extract<RowWrite, { op: 'upsert' }>;

/** What came of comparing one batch. */
export interface BatchResult {
  readonly compared: number;
  readonly missing: number;
  readonly different: number;
  readonly samples: readonly RowDifference[];
}

/**
 * Compares what the target should hold with what it holds, inside the target and by its own types, so that `1.50` of one
 * side and `1.5` of the other are equal where the column says so. Every row that was found is remembered, so that
 * what is left over afterwards is extra.
 */
export async function compareRows(target: pg.ClientBase, writes: readonly RowWrite[]): Promise<BatchResult> {
  const samples: RowDifference[] = [];
  let compared = 0;
  for (const group of groupByShape(writes)) {
    compared += group.length;
    samples.push(...(await compareGroup(target, group)));
  }
  const missing = samples.filter((one) => one.kind === 'missing').length;
  return { compared, missing, different: samples.length - missing, samples };
}

function groupByShape(writes: readonly RowWrite[]): Upsert[][] {
  const groups = new Map<string, Upsert[]>();
  for (const write of writes) {
    // A row that the translator turns into a deletion must not be there: it is found as extra if it is.
    if (write.op !== 'upsert') continue;
    const shape = JSON.stringify([write.table, Object.keys(write.key), Object.keys(write.row)]);
    const group = groups.get(shape);
    if (group === undefined) groups.set(shape, [write]);
    else group.push(write);
  }
  return [...groups.values()];
}

async function compareGroup(target: pg.ClientBase, group: readonly Upsert[]): Promise<RowDifference[]> {
  const [first] = group;
  if (first === undefined) return [];
  const keys = Object.keys(first.key);
  const columns = Object.keys(first.row);
  const types = await columnTypes(target, first.table);
  const values = [
    ...keys.map((name) => group.map((write) => write.key[name] ?? null)),
    ...columns.map((name) => group.map((write) => write.row[name] ?? null)),
  ];
  const { rows } = await target.query<{ key: string; missing: boolean; columns: string[] }>(
    comparisonSql(first.table, keys, columns, types),
    [first.table, ...values],
  );
  return rows.map((row) => ({
    kind: row.missing ? 'missing' : 'different',
    table: first.table,
    key: row.key,
    columns: row.missing ? [] : row.columns,
  }));
}

function comparisonSql(
  table: string,
  keys: readonly string[],
  columns: readonly string[],
  types: Row,
): string {
  const typed = (alias: string, name: string) => `${alias}::${types[name] ?? 'text'}`;
  const arrays = [...keys, ...columns].map((_, index) => `$${index + 2}::text[]`).join(', ');
  const names = [...keys.map((_, index) => `k${index}`), ...columns.map((_, index) => `c${index}`)].join(
    ', ',
  );
  const on = keys
    .map((name, index) => `t.${quoteIdentifier(name)} = ${typed(`e.k${index}`, name)}`)
    .join(' and ');
  const differs = columns.map(
    (name, index) => `t.${quoteIdentifier(name)}::text is distinct from ${typed(`e.c${index}`, name)}::text`,
  );
  const found = differs.map((test, index) => `case when ${test} then ${quoteLiteral(columns[index]!)} end`);
  const key = keys.map((name, index) => `${quoteLiteral(name)}, e.k${index}`).join(', ');
  return `
    with expected as materialized (select * from unnest(${arrays}) as e(${names})),
    joined as materialized (
      select t.ctid as row_id, json_build_object(${key})::text as key,
             array_remove(array[${found.join(', ')}]::text[], null) as columns
      from expected e left join only ${quoteTable(table)} t on ${on}),
    seen as (insert into banyan_seen select $1, row_id from joined where row_id is not null)
    select key, row_id is null as missing, columns from joined where row_id is null or cardinality(columns) > 0`;
}

const typesSql = `
  select attname as name, format_type(atttypid, atttypmod) as type
  from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`;

async function columnTypes(target: pg.ClientBase, table: string): Promise<Row> {
  const { rows } = await target.query<{ name: string; type: string }>(typesSql, [quoteTable(table)]);
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
