import { connect } from '@banyan/postgres';
import type { PreflightPlan } from '@banyan/split';
import type { BanyanConfig } from '../config/config.ts';
import { splitOf } from '../config/load-config.ts';
import { isDrawn, keptPlan } from './open-split.ts';
import { seamOfMoved } from './seam-of-moved.ts';

/** A split as the configuration plans it, and the addresses of the databases between which it moves tables. */
export interface PlannedSplit {
  readonly source: string;
  readonly target: string;
  readonly plan: PreflightPlan;
}

/** What the configuration says of a split, by the names that its tables have now. */
export async function plannedSplit(config: BanyanConfig, name: string): Promise<PlannedSplit> {
  const split = splitOf(config, name);
  const source = config.monolith.database;
  const pool = connect(source, { max: 1, applicationName: 'banyan-split' });
  try {
    const { service, tables, bridge } = keptPlan(split, await isDrawn(split, name, pool));
    const plan = { name, service, tables, ...(bridge === undefined ? {} : { bridge }) };
    return {
      source,
      target: config.services[service]!.database,
      plan: { ...plan, ...seamOfMoved(split.seam, tables) },
    };
  } finally {
    await pool.end();
  }
}
