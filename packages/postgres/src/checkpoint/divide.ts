import { type Lane, laneName, lanesApart, lanesOf } from '@banyan/runtime';
import type pg from 'pg';
import type { CheckpointRow } from './checkpoint-row.ts';
import type { checkpointStatements } from './checkpoint-statements.ts';

type Statements = ReturnType<typeof checkpointStatements>;

/** Divides a subscription whose rows the transaction has locked. */
export async function divide(
  client: pg.PoolClient,
  sql: Statements,
  name: string,
  lanes: number,
): Promise<readonly Lane[]> {
  const { rows } = await client.query<CheckpointRow>(sql.lock, [name]);
  const old = rows.length === 1 ? rows : rows.filter((row) => row.lane_of === name);
  const positions = old.map(({ position }) => BigInt(position)).sort((a, b) => (a < b ? -1 : 1));
  const [lowest, highest] = [positions[0]!, positions.at(-1)!];
  if (lowest !== highest) throw lanesApart(name, lowest, highest);
  const version = old.find((row) => row.version !== null)?.version ?? null;
  const divided = lanesOf(name, lanes);
  await client.query(sql.removeLanes, [name]);
  if (lanes > 1) await client.query(sql.addLanes, [name, divided.map(laneName), lowest.toString(), version]);
  await client.query(sql.setLanes, [name, lanes, lowest.toString(), version]);
  return divided;
}
