import { compileRouteTable } from '../routes/compile-route-table.ts';
import type { Route, RouteTable, Upstream } from '../routes/route.ts';
import type { ExportedRoutes } from './export-nginx.ts';

const million = 1_000_000;

/**
 * The routes as a static configuration of Envoy (v3 API, as JSON, which Envoy reads as YAML). A canary is by chance for each
 * request there unless its route names a cookie or a header, by which Envoy hashes clients onto weights; comparing is
 * mirroring without looking at the replies.
 */
export function exportEnvoy(
  table: RouteTable,
  { host = '127.0.0.1', port }: { readonly host?: string; readonly port: number },
): ExportedRoutes {
  const leftOut: string[] = [];
  const routes = compileRouteTable(table).routes.flatMap(({ route, methods, path }) => {
    if (route.match.graphql !== undefined) {
      leftOut.push(`${route.name}: Envoy does not look into GraphQL bodies; ${table.default} answers.`);
      return [];
    }
    if (route.mode.kind === 'canary' && route.stickiness === undefined) {
      leftOut.push(
        `${route.name}: its share is drawn for each request, because it names no cookie or header.`,
      );
    }
    return [{ name: route.name, match: matchOf(route, methods, path), route: actionOf(route) }];
  });
  const last = { name: 'default', match: { prefix: '/' }, route: { cluster: table.default, timeout: '0s' } };
  const virtualHost = { name: 'banyan', domains: ['*'], routes: [...routes, last] };
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
  const at = addressOf(hostname, Number(port || (protocol === 'https:' ? 443 : 80)));
  return {
    name,
    type: 'STRICT_DNS',
    connect_timeout: '5s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: at } }] }] },
  };
}

function addressOf(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}
