import type {
  DataOf,
  EventsWhereVersioned,
  Projection,
  ProjectionRun,
  RecordedEvent,
  Schemas,
} from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { readTableShape, type TableShape } from '../row-writer/table-shape.ts';
import { KeyFilter } from './key-filter.ts';
import { mergeEffects } from './merge-effects.ts';
import type { RowEffect } from './row-effect.ts';
import { notRows, tableNotListed } from './row-errors.ts';
import { type RowGroup, rowGroups } from './row-groups.ts';
import { writeGroup } from './write-group.ts';

/** What each event does to the rows of the read model: a pure function of the event. */
export type RowHandlers<Events extends Schemas> = {
  readonly [Type in keyof Events & string]?: (
    event: RecordedEvent<Type, DataOf<Events, Type>>,
    run: ProjectionRun,
  ) => RowEffect | readonly RowEffect[] | undefined;
};

/** A projection whose handlers say what becomes of rows. */
export interface RowProjection<Events extends Schemas>
  extends Omit<Projection<Events, pg.PoolClient>, 'on' | 'plan' | 'reset' | 'tables'> {
  readonly on: RowHandlers<Events>;
  /** The tables of the read model, without a schema; one that refers to another comes after it. */
  readonly tables: readonly string[];
}

/** What is known from one batch to the next. */
interface RowMemory {
  readonly shapes: Map<string, TableShape>;
  /** All keys that were written; only where nobody else has written. */
  readonly written?: KeyFilter;
}

/**
 * Declares a projection whose handlers are pure: they say what an event does to rows (`rows.upsert`, `rows.add`, `rows.remove`) and
 * do nothing themselves. So the effects of a whole batch are put together, each row is written once, and many rows go in one
 * statement, which makes catching up and rebuilding many times faster than a statement for each event. Needs a unique constraint on
 * the columns that rows are named by.
 * @throws Invalid `row-table`, `row-key`, `row-key-columns`, `row-amount`; Terminal `row-effects`, `no-table`, `no-column`: when an event is handled.
 */
export function rowProjection<Events extends Schemas>(
  definition: RowProjection<Events> & EventsWhereVersioned<Events>,
): Projection<Events, pg.PoolClient> {
  const { tables, on } = definition;
  const following: RowMemory = { shapes: new Map() };
  const rebuilding = new WeakMap<ProjectionRun, RowMemory>();
  const memoryOf = (run: ProjectionRun): RowMemory => {
    if (!run.rebuilding) return following;
    const known = rebuilding.get(run);
    if (known !== undefined) return known;
    const memory = { shapes: new Map(), ...(run.fromEmpty ? { written: new KeyFilter() } : {}) };
    rebuilding.set(run, memory);
    return memory;
  };
  const effectsOf = (events: readonly RecordedEvent[], run: ProjectionRun): readonly RowEffect[] => {
    const effects: RowEffect[] = [];
    for (const event of events) {
      const handle = on[event.type] as (event: RecordedEvent, run: ProjectionRun) => unknown;
      const returned = handle(event, run);
      if (returned === undefined) continue;
      if (Array.isArray(returned))
        for (const effect of returned) effects.push(checked(definition, event.type, effect));
      else effects.push(checked(definition, event.type, returned));
    }
    return effects;
  };
  const plan = (events: readonly RecordedEvent[], run: ProjectionRun) => {
    const memory = memoryOf(run);
    const merged = mergeEffects(effectsOf(events, run));
    const planned = tables.flatMap((table) => {
      const rows = merged.get(table);
      return rows === undefined ? [] : rowGroups(rows, ({ id }) => memory.written?.claim(table, id) ?? false);
    });
    return (tx: pg.PoolClient) => write(tx, planned, memory);
  };
  const handlers = Object.keys(on).map((type) => [
    type,
    (event: RecordedEvent, tx: pg.PoolClient, run: ProjectionRun) => plan([event], run)(tx),
  ]);
  return {
    ...definition,
    on: Object.fromEntries(handlers),
    plan,
    reset: async (tx) => {
      for (const table of [...tables].reverse()) await tx.query(`delete from ${quoteIdentifier(table)}`);
    },
  };
}

function checked(
  { name, tables }: { readonly name: string; readonly tables: readonly string[] },
  type: string,
  returned: unknown,
): RowEffect {
  const effect = returned as RowEffect;
  if (typeof effect?.op !== 'string') throw notRows(name, type);
  if (!tables.includes(effect.table)) throw tableNotListed(name, effect.table, tables);
  return effect;
}

/** Who refers goes before what it refers to, and comes after it. */
async function write(tx: pg.PoolClient, groups: readonly RowGroup[], { shapes }: RowMemory): Promise<void> {
  const removed = groups.filter(({ op }) => op === 'delete').reverse();
  const written = groups.filter(({ op }) => op !== 'delete');
  try {
    for (const group of [...removed, ...written]) {
      const { table } = group;
      const shape = shapes.get(table) ?? (await readTableShape(tx, table));
      shapes.set(table, shape);
      await writeGroup(tx, group, shape);
    }
  } catch (error) {
    // The table may have changed since.
    shapes.clear();
    throw error;
  }
}
