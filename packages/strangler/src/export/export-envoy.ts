import type { RouteHooks } from '../route-hooks.ts';
import { compileRouteTable } from '../routes/compile-route-table.ts';
import type { Route, RouteTable, Upstream } from '../routes/route.ts';
import type { ExportedRoutes } from './export-nginx.ts';
import { leftToBanyan } from './left-to-banyan.ts';

const million = 1_000_000;

/** Dot segments, plain or encoded; Envoy itself refuses fragments. */
const ambiguousPath = '(?i).*(?:/|\\\\|%2f|%5c)(?:\\.|%2e){1,2}(?:(?:/|\\\\|;|%2f|%5c).*)?';

/** Where Envoy listens, and the code of routes, which it can't run. */
export interface EnvoyOptions {
  readonly host?: string;
  readonly port: number;
  readonly hooks?: Readonly<Record<string, RouteHooks>>;
}

/**
 * The routes as a static configuration of Envoy (v3 API, as JSON, which Envoy reads as YAML). A canary is by chance for each
 * request there unless its route names a cookie or a header, by which Envoy hashes clients onto weights; comparing is
 * mirroring without looking at the replies.
 */
export function exportEnvoy(
  table: RouteTable,
  { host = '127.0.0.1', port, hooks = {} }: EnvoyOptions,
): ExportedRoutes {
  const leftOut: string[] = [];
  const said: Route[] = [];
  const routes = compileRouteTable(table).routes.flatMap(({ route, methods, path }) => {
    const reason = unsaid(route, hooks[route.name]);
    if (reason !== undefined) {
      const instead = `the next route that matches answers, or ${table.default}`;
      leftOut.push(`${route.name}: ${reason}; ${instead}.`);
      return [];
    }
    said.push(route);
    if (route.mode.kind === 'canary' && route.stickiness === undefined) {
      leftOut.push(
        `${route.name}: its share is drawn for each request, because it names no cookie or header.`,
      );
    }
    return [{ name: route.name, match: matchOf(route, methods, path), route: actionOf(route) }];
  });
  leftOut.push(...leftToBanyan(table, said, { hooks, mirrors: true }));
  const byDefault = { cluster: table.default, timeout: '0s' };
  // As in the proxy, a path that two servers could read in two ways leads nobody to what another one owns.
  const first = { name: 'ambiguous', match: { safe_regex: { regex: ambiguousPath } }, route: byDefault };
  const last = { name: 'default', match: { prefix: '/' }, route: byDefault };
  const virtualHost = { name: 'banyan', domains: ['*'], routes: [first, ...routes, last] };
  const manager = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'banyan',
    route_config: {
      name: `revision-${table.revision}`,
      virtual_hosts: [virtualHost],
      request_headers_to_remove: ['banyan-shadow'],
    },
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  };
  const listener = {
    name: 'banyan',
    address: addressOf(host, port),
    filter_chains: [
      { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
    ],
  };
  const clusters = Object.entries(table.upstreams).map(([name, upstream]) => clusterOf(name, upstream));
  return {
    text: `${JSON.stringify({ static_resources: { listeners: [listener], clusters } }, null, 2)}\n`,
    leftOut,
  };
}

function unsaid({ match, mode }: Route, hooks: RouteHooks | undefined): string | undefined {
  if (match.graphql !== undefined) return 'Envoy does not look into GraphQL bodies';
  if (hooks?.translate !== undefined && mode.kind !== 'owner')
    return 'Envoy does not translate for its candidate';
  return undefined;
}

function matchOf({ match }: Route, methods: ReadonlySet<string>, path: RegExp): object {
  const exact = (name: string, value: string) => ({ name, string_match: { exact: value } });
  return {
    // Envoy matches the path without its query, as the proxy does.
    safe_regex: { regex: path.source.slice(1, -1).replaceAll('\\/', '/') },
    headers: [
      { name: ':method', string_match: { safe_regex: { regex: [...methods].join('|') } } },
      ...(match.host === undefined ? [] : [hostMatch(match.host)]),
      ...Object.entries(match.headers ?? {}).map(([name, value]) =>
        value === '*' ? { name, present_match: true } : exact(name, value),
      ),
    ],
  };
}

function hostMatch(host: string): object {
  const escaped = host.replace(/^\*\./, '').replaceAll('.', '\\.');
  const regex = `${host.startsWith('*.') ? `[^:]+\\.${escaped}` : escaped}(:[0-9]+)?`;
  return { name: ':authority', string_match: { safe_regex: { regex }, ignore_case: true } };
}

function actionOf({ mode, owner, candidate, stickiness }: Route): object {
  switch (mode.kind) {
    case 'owner':
      return { cluster: owner, timeout: '0s' };
    case 'moved':
      return { cluster: candidate, timeout: '0s' };
    case 'shadow': {
      const numerator = Math.round(mode.sample * million);
      const fraction = { default_value: { numerator, denominator: 'MILLION' } };
      return {
        cluster: owner,
        timeout: '0s',
        request_mirror_policies: [{ cluster: candidate, runtime_fraction: fraction }],
      };
    }
    case 'canary': {
      const weight = Math.round(mode.share * million);
      const clusters = [
        { name: candidate, weight },
        { name: owner, weight: million - weight },
      ];
      const hash = hashOf(stickiness);
      const policy = hash === undefined ? {} : { hash_policy: [hash] };
      const weighted = hash === undefined ? { clusters } : { clusters, use_hash_policy: true };
      return { weighted_clusters: weighted, timeout: '0s', ...policy };
    }
  }
}

function hashOf(stickiness: Route['stickiness']): object | undefined {
  if (stickiness === undefined) return undefined;
  if ('cookie' in stickiness) return { cookie: { name: stickiness.cookie } };
  return { header: { header_name: 'header' in stickiness ? stickiness.header : 'authorization' } };
}

function clusterOf(name: string, { url }: Upstream): object {
  const { hostname, port, protocol } = new URL(url);
  const at = addressOf(hostname.replace(/^\[|\]$/g, ''), Number(port || (protocol === 'https:' ? 443 : 80)));
  return {
    name,
    type: 'STRICT_DNS',
    connect_timeout: '5s',
    ...(protocol === 'https:' ? { transport_socket: tlsTo(hostname) } : {}),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: at } }] }] },
  };
}

function tlsTo(hostname: string): object {
  const type = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
  return { name: 'envoy.transport_sockets.tls', typed_config: { '@type': type, sni: hostname } };
}

function addressOf(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}
