import { inTransaction, quoteIdentifier, toPostgresError } from '@banyan/postgres';
import { Unavailable } from '@banyan/runtime';
import type { SplitPlan } from '../plan/split-plan.ts';
import { runStatements } from '../sides/run-statements.ts';
import { runUnlogged } from '../sides/run-unlogged.ts';
import type { Sides } from '../sides/sides.ts';
import { bridgeAddress } from './bridge-address.ts';
import { foreignTable } from './bridge-names.ts';
import { createBridge, createMappings, dropBridge } from './bridge-statements.ts';
import { keepCounts } from './bridge-use.ts';
import { type BridgedTable, type BridgeFacts, readBridgeFacts } from './read-bridge-facts.ts';

/**
 * Makes the bridge to the new owner and reads through it. What an earlier attempt has left is made anew; the old names are turned later.
 * @throws Invalid `bridge-without-stage`; Unavailable `bridge-fails`
 */
export async function installBridge(sides: Sides, plan: SplitPlan): Promise<BridgeFacts> {
  const facts = await readBridgeFacts(sides, plan);
  const address = bridgeAddress(sides.target.bridge);
  await runStatements(sides, dropBridge(plan));
  await runStatements(sides, createBridge(plan, facts, address));
  for (const { sql } of createMappings(plan, facts, address)) await runUnlogged(sides.source.pool, sql);
  await keepCounts(sides.source.pool, plan);
  for (const table of facts) await readThrough(sides, plan, table);
  return facts;
}

async function readThrough(sides: Sides, plan: SplitPlan, table: BridgedTable): Promise<void> {
  try {
    await inTransaction(sides.source.pool, async (client) => {
      // As the view will do it: by the rights of its owner.
      await client.query(`set local role ${quoteIdentifier(table.owner)}`);
      await client.query(`select from ${foreignTable(plan, table)} limit 1`);
    });
  } catch (error) {
    throw new Unavailable(
      'bridge-fails',
      `The source's server can't read ${table.name} at the target: ${toPostgresError(error).message} ` +
        'Correct the address, or the rights of its role, in reach.bridge of the split.',
      { cause: error },
    );
  }
}
