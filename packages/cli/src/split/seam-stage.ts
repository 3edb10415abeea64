import { Invalid } from '@banyan/runtime';
import type { SeamStage } from '@banyan/split';
import type { BanyanConfig } from '../config/config.ts';
import { splitOf } from '../config/load-config.ts';
import { keptPlan } from './kept-plan.ts';

/**
 * The stage that the configuration plans: all foreign keys that it has answers for are dropped.
 * @throws Invalid `no-stage`
 */
export function seamStageOf(config: BanyanConfig, name: string): SeamStage {
  const split = splitOf(config, name);
  if (split.stage === undefined)
    throw new Invalid(
      'no-stage',
      `The split ${name} has no stage: add \`stage: { schema: '${name}' }\` to it in the configuration.`,
    );
  return {
    name,
    ...split.stage,
    tables: keptPlan(split, false).tables.map((table) => table.name),
    foreignKeys: Object.keys(split.seam?.foreignKeys ?? {}),
  };
}
