import type { LedgerView } from './ledger-view.ts';
import type { FieldTraffic } from './traffic.ts';

/** What is known of the differences on one route. */
export interface RouteDifferences {
  readonly route: string;
  readonly compared: number;
  readonly different: number;
  /** The most frequent first. */
  readonly fields: readonly FieldTraffic[];
  readonly noise: readonly string[];
}

/** The differences of every route that was compared, since its candidate began. */
export function differencesOf(view: LedgerView): readonly RouteDifferences[] {
  const migrated = Object.values(view.migrations).flatMap(({ whole }) => Object.entries(whole));
  const own = Object.values(view.routes).map(({ name, whole }) => [name, whole] as const);
  const traffic = [...migrated, ...own];
  return traffic
    .filter(([, { compared }]) => compared > 0)
    .map(([route, { compared, different, fields, noise }]) => ({
      route,
      compared,
      different,
      fields: [...fields].sort((a, b) => b.count - a.count),
      noise,
    }));
}
