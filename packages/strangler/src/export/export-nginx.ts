import { compileRouteTable } from '../routes/compile-route-table.ts';
import type { Route, RouteTable } from '../routes/route.ts';

/** A configuration for another proxy, and what of the routes it can't say. */
export interface ExportedRoutes {
  readonly text: string;
  /** A sentence each: what is left out, and who then answers. */
  readonly leftOut: readonly string[];
}

const idle = 32;

/**
 * The routes as a configuration of nginx (the content of its `http` block): owners, moved routes and canaries with sticky
 * shares. Comparing, analysis and fallback stay with Banyan's own proxy; what looks into a GraphQL body can't be said.
 */
export function exportNginx(table: RouteTable, { listen }: { readonly listen: string }): ExportedRoutes {
  const leftOut: string[] = [];
  const said = table.routes.filter((route) => {
    const reason = unsaid(route);
    if (reason !== undefined) leftOut.push(`${route.name}: ${reason}; ${table.default} answers.`);
    return reason === undefined;
  });
  const text = [
    `# Routes of revision ${table.revision}, written by banyan route export. Changes belong into the routes.`,
    ...Object.entries(table.upstreams).map(([name, { url }]) => upstream(name, url)),
    ...said.flatMap((route, index) => split(route, index)),
    choice(table, said),
    server(table, listen),
  ];
  return { text: `${text.join('\n')}\n`, leftOut };
}

function unsaid({ match, stickiness, mode }: Route): string | undefined {
  if (match.graphql !== undefined) return 'nginx does not look into GraphQL bodies';
  if (match.headers !== undefined) return 'only method, path and host are exported';
  if (mode.kind === 'canary' && stickiness !== undefined && 'user' in stickiness) {
    return 'nginx does not read the subject of a token';
  }
  return undefined;
}

function upstream(name: string, url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const at = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
  return `upstream ${nameOf(name)} { server ${at}; keepalive ${idle}; }`;
}

/** The side of a canary, by a hash of the client's key. */
function split(route: Route, index: number): string[] {
  const { mode, owner, candidate, stickiness } = route;
  if (mode.kind !== 'canary') return [];
  const percent = Math.round(mode.share * 10_000) / 100;
  if (percent <= 0) return [`map "" $banyan_side_${index} { default ${nameOf(owner)}; }`];
  if (percent >= 100) return [`map "" $banyan_side_${index} { default ${nameOf(candidate!)}; }`];
  return [
    `split_clients "${keyOf(stickiness)}" $banyan_side_${index} { ${percent}% ${nameOf(candidate!)}; * ${nameOf(owner)}; }`,
  ];
}

function keyOf(stickiness: Route['stickiness']): string {
  if (stickiness === undefined) return '$cookie_banyan_sticky$remote_addr';
  if ('cookie' in stickiness) return `$cookie_${stickiness.cookie}`;
  if ('header' in stickiness) return `$http_${stickiness.header.toLowerCase().replaceAll('-', '_')}`;
  return '$remote_addr';
}

/** One map over method, host and path: the first that matches wins, as in the proxy. */
function choice(table: RouteTable, routes: readonly Route[]): string {
  const lines = compileRouteTable({ ...table, routes }).routes.map(({ route, methods, path }, index) => {
    const host = route.match.host === undefined ? '[^ ]*' : hostPattern(route.match.host);
    const method = `(?:${[...methods].join('|')})`;
    const inner = path.source.slice(1, -1).replaceAll('\\/', '/');
    return `  "~^${quoted(`${method} ${host} ${inner}`)}$" ${sideOf(route, index)};`;
  });
  return `map "$request_method $host $banyan_path" $banyan_upstream {\n  default ${nameOf(table.default)};\n${lines.join('\n')}\n}`;
}

function sideOf({ mode, owner, candidate }: Route, index: number): string {
  if (mode.kind === 'canary') return `$banyan_side_${index}`;
  return nameOf(mode.kind === 'moved' ? candidate! : owner);
}

function server(table: RouteTable, listen: string): string {
  return [
    // The path as it was sent, without its query: nginx's own $uri is decoded.
    'map $request_uri $banyan_path { default $request_uri; "~^(?<banyan_before>[^?]*)" $banyan_before; }',
    'map $http_upgrade $banyan_connection { default upgrade; "" ""; }',
    'server {',
    `  listen ${listen};`,
    '  client_max_body_size 0;',
    `  add_header x-banyan-revision ${table.revision} always;`,
    '  location / {',
    '    proxy_pass http://$banyan_upstream$request_uri;',
    '    proxy_http_version 1.1;',
    '    proxy_request_buffering off;',
    '    proxy_set_header Host $http_host;',
    '    proxy_set_header Upgrade $http_upgrade;',
    '    proxy_set_header Connection $banyan_connection;',
    '    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    '    proxy_set_header X-Forwarded-Proto $scheme;',
    '    proxy_set_header banyan-shadow "";',
    '    proxy_next_upstream off;',
    '  }',
    '}',
  ].join('\n');
}

function hostPattern(host: string): string {
  const escaped = host.replace(/^\*\./, '').replaceAll('.', '\\.');
  return host.startsWith('*.') ? `[^ ]+\\.${escaped}` : escaped;
}

function quoted(pattern: string): string {
  return pattern.replaceAll('"', '\\"');
}

function nameOf(upstream: string): string {
  return `banyan_${upstream.replace(/[^A-Za-z0-9_]/g, '_')}`;
}
