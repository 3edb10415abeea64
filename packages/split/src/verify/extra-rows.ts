import { quoteTable } from '@banyan/postgres';
import type pg from 'pg';
import type { RowDifference } from './verify.ts';

/** The rows of the target that no row of the source accounts for. */
export async function countExtraRows(
  target: pg.ClientBase,
  tables: readonly string[],
  samples: number,
): Promise<{ count: number; samples: RowDifference[] }> {
  await target.query('analyze banyan_seen');
  const found: RowDifference[] = [];
  let count = 0;
  for (const table of tables) {
    const extra = `from only ${quoteTable(table)} t
      where not exists (select from banyan_seen s where s.target = $1 and s.row_id = t.ctid)`;
    const { rows } = await target.query<{ count: string }>(`select count(*) as count ${extra}`, [table]);
    const here = Number(rows[0]?.count ?? 0);
    count += here;
    if (here === 0 || found.length >= samples) continue;
    const some = await target.query<{ key: string }>(
      `select left(to_jsonb(t)::text, 200) as key ${extra} limit ${Math.trunc(samples - found.length)}`,
      [table],
    );
    found.push(...some.rows.map(({ key }) => ({ kind: 'extra' as const, table, key, columns: [] })));
  }
  return { count, samples: found };
}
