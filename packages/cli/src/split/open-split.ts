import { isStageDrawn, openSides, type Sides, type SplitPlan } from '@banyan/split';
import type pg from 'pg';
import {
  type BanyanConfig,
  defaultSplitLimits,
  type SplitConfig,
  type SplitLimits,
} from '../config/config.ts';
import { splitOf } from '../config/load-config.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import type { KeptSplitPlan } from '../ledger/splits/split-plan.ts';
import { lockMigration } from '../migrate/lock-migration.ts';
import { Followers } from './followers.ts';
import { keptPlan, plannedTranslators, planOf } from './kept-plan.ts';

/** A split with everything it works on: nobody else works on it while it is open. */
export interface OpenSplit extends AsyncDisposable {
  readonly name: string;
  readonly config: BanyanConfig;
  readonly split: SplitConfig;
  readonly limits: SplitLimits;
  readonly ledger: Ledger;
  readonly sides: Sides;
  /** What the ledger says was planned; what the configuration says where nothing was planned yet. */
  readonly plan: SplitPlan;
  /** The same as the ledger keeps it. */
  readonly kept: KeptSplitPlan;
  /** Who follows where a translator is between the sides; they end with this. */
  readonly followers: Followers;
}

/** How much of a split is opened. */
export interface OpenSplitOptions {
  /** Whether to keep others from working on it; not to look at it only. Default true. */
  readonly lock?: boolean;
}

/**
 * Connects to the ledger and both sides, and locks the split.
 * @throws Unavailable when one can't be reached, or `migration-locked` when another process works on this split.
 */
export async function openSplit(
  config: BanyanConfig,
  name: string,
  { lock = true }: OpenSplitOptions = {},
): Promise<OpenSplit> {
  const split = splitOf(config, name);
  const opened: AsyncDisposable[] = [];
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
  };
  try {
    const ledger = await openLedger(config.ledger.database);
    opened.push(ledger);
    if (lock) opened.push(await lockMigration(config.ledger.database, `split ${name}`, `split ${name}`));
    const sides = openSides({
      source: { url: config.monolith.database, ...reached(split.reach?.source) },
      target: {
        url: config.services[split.service]!.database,
        ...reached(split.reach?.target),
        ...(split.reach?.bridge === undefined ? {} : { bridge: split.reach.bridge }),
      },
    });
    opened.push(sides);
    const known = ledger.split(name);
    const kept =
      known?.plan !== undefined && known.status !== 'aborted'
        ? known.plan
        : keptPlan(split, await isDrawn(split, name, sides.source.pool));
    const plan = planOf(name, kept, split);
    const followers = new Followers(sides, plan, plannedTranslators(kept, split));
    opened.push(followers);
    return {
      name,
      config,
      split,
      limits: { ...defaultSplitLimits, ...split.limits },
      ledger,
      sides,
      plan,
      kept,
      followers,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function reached(reach: string | undefined): { reach?: string } {
  return reach === undefined ? {} : { reach };
}

/** Whether the tables have moved to the schema of their stage. */
export async function isDrawn({ stage }: SplitConfig, name: string, source: pg.Pool): Promise<boolean> {
  return stage !== undefined && (await isStageDrawn(source, name));
}
