import { Invalid } from '@banyan/runtime';
import { connect } from '../connect.ts';
import { toPostgresError } from '../errors.ts';
import type { ChangeFeedConfig } from './change-feed.ts';
import { createSlot } from './create-slot.ts';
import { dropFreeSlot } from './drop-change-feed.ts';
import { ensurePublication, noteTables } from './ensure-publication.ts';
import { slotName } from './names.ts';
import { preflightChangeFeed } from './preflight.ts';
import { currentTables } from './published-tables.ts';

/**
 * Lets the source keep its log for a change feed from now on, without a snapshot: for a reader that has the rows already. It is then read
 * after a position that lies behind this moment. What an earlier beginning has left is replaced.
 * @returns The position at which the slot begins.
 * @throws Invalid with everything that is wrong with the source; Unavailable `slot-blocked`, `slot-in-use`
 */
export async function beginChangeFeed({
  url,
  name,
  tables,
  snapshotTimeoutMs = 60_000,
}: ChangeFeedConfig): Promise<bigint> {
  const pool = connect(url, { max: 1, applicationName: `banyan ${name}` });
  const slot = slotName(name);
  try {
    const problems = await preflightChangeFeed(pool, { tables, replacing: slot });
    const [first] = problems;
    if (first !== undefined) {
      const text = problems.map(({ message, remedy }) => `${message} ${remedy}`).join('\n');
      throw new Invalid(first.code, text, { details: { problems } });
    }
    await dropFreeSlot(pool, slot);
    await ensurePublication(pool, name, tables);
    const { connection, position } = await createSlot(url, slot, {
      temporary: false,
      timeoutMs: snapshotTimeoutMs,
    });
    await connection.close();
    await noteTables(pool, name, await currentTables(pool, tables));
    return position;
  } catch (error) {
    throw toPostgresError(error);
  } finally {
    await pool.end();
  }
}
