import {
  type EventTranslation,
  isStageDrawn,
  openSides,
  type Reshaped,
  type Sides,
  type SplitPlan,
  type SplitTable,
  type Translators,
} from '@banyan/split';
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
    if (lock) opened.push(await lockMigration(config.ledger.database, `split ${name}`));
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

/** The identity that a plan was given when it was written down. */
export function identified(kept: KeptSplitPlan | undefined): { id?: string } {
  return kept?.id === undefined ? {} : { id: kept.id };
}

/** What was planned, with what its code can do now. */
export function planOf(
  name: string,
  kept: KeptSplitPlan,
  { reshape }: Pick<SplitConfig, 'reshape'>,
): SplitPlan {
  const { service, tables, bridge, keep, into, events } = kept;
  return {
    name,
    service,
    tables,
    ...identified(kept),
    ...(bridge === undefined ? {} : { bridge }),
    ...(keep === undefined ? {} : { keep }),
    ...(into === undefined
      ? {}
      : { reshaped: { ...reshapedAs(into, reshape), ...(events === undefined ? {} : { events: true }) } }),
  };
}

function reshapedAs(into: readonly string[], reshape: SplitConfig['reshape']): Reshaped {
  const { back, sequences } = reshape ?? {};
  return { into, back: back !== undefined, ...(sequences === undefined ? {} : { sequences }) };
}

/** The translators as they are now, into the event store that was planned. */
export function plannedTranslators(
  { events: store }: KeptSplitPlan,
  { reshape }: Pick<SplitConfig, 'reshape'>,
): Translators | undefined {
  if (store === undefined || reshape?.events === undefined) return reshape;
  const { schema: _now, ...events } = reshape.events;
  return { ...reshape, events: { ...events, ...store } };
}

/** Whether the tables have moved to the schema of their stage. */
export async function isDrawn({ stage }: SplitConfig, name: string, source: pg.Pool): Promise<boolean> {
  return stage !== undefined && (await isStageDrawn(source, name));
}

/** What the configuration says, as the ledger keeps it: with the names that the tables have once their seam is drawn. */
export function keptPlan(
  { service, tables, routes = [], bridge, keep, stage, reshape }: SplitConfig,
  drawn: boolean,
): KeptSplitPlan {
  return {
    service,
    tables: tables.map((table) => moved(typeof table === 'string' ? { name: table } : table, stage, drawn)),
    routes,
    ...(bridge === undefined ? {} : { bridge }),
    ...(keep === undefined ? {} : { keep }),
    ...(reshape === undefined
      ? {}
      : {
          into: reshape.into,
          ...(reshape.events === undefined ? {} : { events: storeOf(reshape.events) }),
        }),
  };
}

function storeOf({ schema }: EventTranslation): NonNullable<KeptSplitPlan['events']> {
  return schema === undefined ? {} : { schema };
}

function moved(table: SplitTable, stage: SplitConfig['stage'], drawn: boolean): SplitTable {
  const [schema, plain] = [
    table.name.slice(0, table.name.indexOf('.')),
    table.name.slice(table.name.indexOf('.') + 1),
  ];
  if (!drawn || stage === undefined || schema === stage.schema) return table;
  const oldName = stage.views === false ? {} : { oldName: table.name };
  return { ...table, name: `${stage.schema}.${plain}`, ...oldName };
}
