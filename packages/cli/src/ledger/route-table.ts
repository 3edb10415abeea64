import type { Route, RouteTable } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';
import type { LedgerView } from './ledger-view.ts';
import { modeOf } from './routes/route.ts';

/** The name of the upstream that answers whatever no route names. */
export const monolithUpstream = 'monolith';

/**
 * What the proxies must do, as the ledger tells it: a pure function, so that every proxy does the same. Routes that stand for
 * themselves come first: somebody set them at run time, knowing of the others.
 */
export function routeTable(config: BanyanConfig, view: LedgerView): RouteTable {
  const upstreams = Object.entries(config.services).map(([name, { url, sandboxed, instances }]) => [
    name,
    {
      url,
      ...(sandboxed === undefined ? {} : { sandboxed }),
      ...(instances === undefined ? {} : { instances }),
    },
  ]);
  return {
    revision: tableRevision(view),
    upstreams: { ...Object.fromEntries(upstreams), [monolithUpstream]: { url: config.monolith.url } },
    default: monolithUpstream,
    routes: [...ownRoutes(config, view), ...splitRoutes(config, view), ...migratedRoutes(config, view)],
  };
}

/** The position of the last event that changed how any route is answered. */
function tableRevision(view: LedgerView): bigint {
  const all = [
    ...Object.values(view.migrations),
    ...Object.values(view.routes),
    ...Object.values(view.splits),
  ];
  return all.reduce((newest, { revision }) => (revision > newest ? revision : newest), 0n);
}

function ownRoutes({ services }: BanyanConfig, view: LedgerView): Route[] {
  const isKnown = (name: string) => name === monolithUpstream || name in services;
  return Object.values(view.routes).flatMap((one): Route[] => {
    if (one.definition === undefined || one.status === 'removed') return [];
    const { owner = monolithUpstream, candidate, rollout: _rollout, ...rest } = one.definition;
    const known = isKnown(owner) && (candidate === undefined || isKnown(candidate));
    // An upstream that the configuration no longer names can't be sent anything.
    if (!known) return [{ ...rest, name: one.name, owner: monolithUpstream, mode: { kind: 'owner' } }];
    return [
      {
        ...rest,
        ...(candidate === undefined ? {} : { candidate }),
        name: one.name,
        owner,
        mode: modeOf(one),
      },
    ];
  });
}

function migratedRoutes({ services }: BanyanConfig, view: LedgerView): Route[] {
  return Object.values(view.migrations).flatMap(({ plan, mode }) =>
    // A service that the configuration no longer names can't be sent anything: its routes are the monolith's again.
    (plan?.routes ?? []).map((route): Route => {
      const known = plan !== undefined && plan.service in services;
      return {
        ...route,
        owner: monolithUpstream,
        ...(known ? { candidate: plan.service, mode } : { mode: { kind: 'owner' } }),
      };
    }),
  );
}

/** The routes of tables that moved are answered by whoever owns the rows: both are one fact of the ledger. */
function splitRoutes({ services }: BanyanConfig, view: LedgerView): Route[] {
  return Object.values(view.splits).flatMap(({ plan, owner, change }) =>
    (plan?.routes ?? []).map((route): Route => {
      const moved = plan !== undefined && owner === 'target' && plan.service in services;
      const hold = change?.hold;
      return {
        ...route,
        owner: moved ? plan.service : monolithUpstream,
        mode: { kind: 'owner' },
        ...(hold === undefined ? {} : { hold }),
      };
    }),
  );
}
