import type { PreflightPlan } from '@banyan/split';
import type { BanyanConfig } from '../config/config.ts';
import { splitOf } from '../config/load-config.ts';
import { keptPlan } from './open-split.ts';

/** A split as the configuration plans it, and the addresses of the databases between which it moves tables. */
export interface PlannedSplit {
  readonly source: string;
  readonly target: string;
  readonly plan: PreflightPlan;
}

/** What the configuration says of a split; nothing is opened. */
export function plannedSplit(config: BanyanConfig, name: string): PlannedSplit {
  const split = splitOf(config, name);
  const { service, tables } = keptPlan(split);
  return {
    source: config.monolith.database,
    target: config.services[service]!.database,
    plan: { name, service, tables, ...(split.seam === undefined ? {} : { seam: split.seam }) },
  };
}
