import type { EventTranslation, Reshaped, SplitPlan, SplitTable, Translators } from '@banyan/split';
import type { SplitConfig } from '../config/config.ts';
import type { KeptSplitPlan } from '../ledger/splits/split-plan.ts';

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
