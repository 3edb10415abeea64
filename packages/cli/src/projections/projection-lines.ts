import type { KeptVersion, Rebuilt, SubscriptionStatus, TableComparison } from '@banyan/postgres';
import type { AnyProjection } from '../config/config.ts';
import { tableLines } from '../terminal/table.ts';

/** A projection as its code and its database tell of it. */
export interface ProjectionStatus {
  readonly name: string;
  /** Of the code that was found. */
  readonly version?: number;
  /** Of the read model; absent before anything is in it. */
  readonly inUse?: number;
  readonly position?: bigint;
  /** What a rollback would go back to. */
  readonly kept?: KeptVersion;
  readonly state: 'current' | 'to be rebuilt' | 'not begun' | 'no code found';
}

/** Puts together what the code and the database say. */
export function projectionStatuses(
  code: readonly AnyProjection[],
  subscriptions: readonly SubscriptionStatus[],
  kept: readonly KeptVersion[],
): readonly ProjectionStatus[] {
  const versioned = subscriptions.filter(({ checkpoint }) => checkpoint.version !== undefined);
  const names = new Set([...code, ...versioned].map(({ name }) => name));
  return [...names].sort().map((name) => {
    const found = code.find((projection) => projection.name === name);
    const version = found === undefined ? undefined : (found.version ?? 1);
    const checkpoint = subscriptions.find((subscription) => subscription.name === name)?.checkpoint;
    const back = kept.find(({ projection }) => projection === name);
    return {
      name,
      ...(version !== undefined && { version }),
      ...(checkpoint?.version !== undefined && { inUse: checkpoint.version }),
      ...(checkpoint !== undefined && { position: checkpoint.position }),
      ...(back !== undefined && { kept: back }),
      state: stateOf(version, checkpoint?.version),
    };
  });
}

function stateOf(version: number | undefined, inUse: number | undefined): ProjectionStatus['state'] {
  if (version === undefined) return 'no code found';
  if (inUse === undefined) return 'not begun';
  return version === inUse ? 'current' : 'to be rebuilt';
}

/** All projections, a line each. */
export function projectionLines(all: readonly ProjectionStatus[], width: number): readonly string[] {
  if (all.length === 0)
    return ['There are no projections here. Name the module that exports them with --from.'];
  const columns = [
    { title: 'NAME' },
    { title: 'STATE' },
    { title: 'CODE', right: true },
    { title: 'IN USE', right: true },
    { title: 'KEPT', right: true },
    { title: 'POSITION', right: true },
  ];
  const text = (value: number | bigint | undefined) => (value === undefined ? '-' : String(value));
  const rows = all.map(({ name, state, version, inUse, kept, position }) => [
    name,
    state,
    text(version),
    text(inUse),
    kept === undefined ? '-' : text(kept.version),
    text(position),
  ]);
  return tableLines(columns, rows, width);
}

/** What a rebuild did. */
export function rebuiltLines(
  rebuilt: Rebuilt,
  { dryRun = false }: { readonly dryRun?: boolean },
): readonly string[] {
  const { projection, version, position, switched, tookMs, heldMs, compared = [] } = rebuilt;
  const seconds = (tookMs / 1_000).toFixed(1);
  const built = `Version ${version} of ${projection} was built up to ${position} in ${seconds} s`;
  const lines = compared.map(comparisonLine);
  if (switched) {
    return [
      ...lines,
      `${built} and is in use now; the one before stood still for ${heldMs} ms and is kept.`,
      `Go back with: banyan projection rollback ${projection}`,
    ];
  }
  const why = dryRun ? 'dropped again, because this was a dry run' : 'dropped again, because rows differ';
  return [...lines, `${built} and ${why}. Nothing was changed.`];
}

function comparisonLine({ table, rowsBefore, rowsAfter, missing, extra }: TableComparison): string {
  const same = missing === 0 && extra === 0;
  const difference = same
    ? 'no difference'
    : `${missing} only in the version in use, ${extra} only in the new one`;
  return `${table}: ${rowsBefore} rows in use, ${rowsAfter} new; ${difference}.`;
}
