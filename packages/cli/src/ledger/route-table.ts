import type { Route, RouteTable } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';
import type { LedgerView } from './ledger-view.ts';

/** The name of the upstream that answers whatever no route names. */
export const monolithUpstream = 'monolith';

/** What the proxies must do, as the ledger tells it: a pure function, so that every proxy does the same. */
export function routeTable(config: BanyanConfig, view: LedgerView): RouteTable {
  const upstreams = Object.entries(config.services).map(([name, service]) => [name, { url: service.url }]);
  const revisions = Object.values(view.migrations).map((one) => one.revision);
  return {
    revision: revisions.sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n,
    upstreams: { ...Object.fromEntries(upstreams), [monolithUpstream]: { url: config.monolith.url } },
    default: monolithUpstream,
    routes: Object.values(view.migrations).flatMap(({ plan, mode }) =>
      // A service that the configuration no longer names can't be sent anything: its routes are the monolith's again.
      (plan?.routes ?? []).map((route): Route => {
        const known = plan !== undefined && plan.service in config.services;
        return {
          ...route,
          owner: monolithUpstream,
          ...(known ? { candidate: plan.service, mode } : { mode: { kind: 'owner' } }),
        };
      }),
    ),
  };
}
