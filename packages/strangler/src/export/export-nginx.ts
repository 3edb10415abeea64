import type { RouteHooks } from '../route-hooks.ts';
import { compileRouteTable } from '../routes/compile-route-table.ts';
import type { Route, RouteTable } from '../routes/route.ts';
import { leftToBanyan } from './left-to-banyan.ts';

/** A configuration for another proxy, and what of the routes it can't say. */
export interface ExportedRoutes {
  readonly text: string;
  /** A sentence each: what is left out, and who then answers. */
  readonly leftOut: readonly string[];
}

/** Where the other proxy listens, and the code of routes, which it can't run. */
export interface NginxOptions {
  /** As in `listen` of nginx: `127.0.0.1:8080`, `[::1]:8080`. */
  readonly listen: string;
  readonly hooks?: Readonly<Record<string, RouteHooks>>;
}

const idle = 32;

/** Dot segments, plain or encoded, and fragments. */
const ambiguousPath = '(?:#|(?:/|\\\\|%2f|%5c)(?:\\.|%2e){1,2}(?:$|/|\\\\|;|%2f|%5c))';

/**
 * The routes as a configuration of nginx (the content of its `http` block): owners, moved routes and canaries with sticky
 * shares. Comparing, analysis and fallback stay with Banyan's own proxy; what looks into a GraphQL body can't be said.
 */
export function exportNginx(table: RouteTable, { listen, hooks = {} }: NginxOptions): ExportedRoutes {
  const leftOut: string[] = [];
  const said = table.routes.filter((route) => {
    const reason = unsaid(route, hooks[route.name]);
    if (reason !== undefined)
      leftOut.push(`${route.name}: ${reason}; the next route that matches answers, or ${table.default}.`);
    return reason === undefined;
  });
  leftOut.push(...leftToBanyan(table, said, { hooks, mirrors: false }));
  const names = namesOf(table);
  const text = [
    `# Routes of revision ${table.revision}, written by banyan route export. Changes belong into the routes.`,
    ...Object.entries(table.upstreams).map(([name, { url }]) => upstream(names(name), url)),
    ...said.flatMap((route, index) => split(route, index, names)),
    choice(table, said, names),
    schemes(table, names),
    server(table, listen),
  ];
  return { text: `${text.join('\n')}\n`, leftOut };
}

type Names = (upstream: string) => string;

/** Names for nginx, each a name of its own. */
function namesOf({ upstreams }: RouteTable): Names {
  const names = new Map<string, string>();
  for (const name of Object.keys(upstreams)) {
    const plain = `banyan_${name.replace(/[^A-Za-z0-9_]/g, '_')}`;
    const taken = [...names.values()].includes(plain);
    names.set(name, taken ? `${plain}_${names.size}` : plain);
  }
  return (name) => names.get(name)!;
}

function unsaid({ match, stickiness, mode }: Route, hooks: RouteHooks | undefined): string | undefined {
  if (hooks?.translate !== undefined && mode.kind !== 'owner' && mode.kind !== 'shadow')
    return 'nginx does not translate for its candidate';
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
  return `upstream ${name} { server ${at}; keepalive ${idle}; }`;
}

/** The side of a canary, by a hash of the client's key. */
function split(route: Route, index: number, names: Names): string[] {
  const { mode, owner, candidate, stickiness } = route;
  if (mode.kind !== 'canary') return [];
  const percent = Math.round(mode.share * 10_000) / 100;
  if (percent <= 0) return [`map "" $banyan_side_${index} { default ${names(owner)}; }`];
  if (percent >= 100) return [`map "" $banyan_side_${index} { default ${names(candidate!)}; }`];
  return [
    `split_clients "${keyOf(stickiness)}" $banyan_side_${index} { ${percent}% ${names(candidate!)}; * ${names(owner)}; }`,
  ];
}

function keyOf(stickiness: Route['stickiness']): string {
  if (stickiness === undefined) return '$cookie_banyan_sticky$remote_addr';
  if ('cookie' in stickiness) return `$cookie_${stickiness.cookie}`;
  if ('header' in stickiness) return `$http_${stickiness.header.toLowerCase().replaceAll('-', '_')}`;
  return '$remote_addr';
}

/** One map over method, host and path: the first that matches wins, as in the proxy. */
function choice(table: RouteTable, routes: readonly Route[], names: Names): string {
  const lines = compileRouteTable({ ...table, routes }).routes.map(({ route, methods, path }, index) => {
    const host = route.match.host === undefined ? '[^ ]*' : hostPattern(route.match.host);
    const method = `(?:${[...methods].join('|')})`;
    const inner = path.source.slice(1, -1).replaceAll('\\/', '/');
    return `  "~^${quoted(`${method} ${host} ${inner}`)}$" ${sideOf(route, index, names)};`;
  });
  // As in the proxy, a path that two servers could read in two ways leads nobody to what another one owns.
  const ambiguous = `  "~*${quoted(ambiguousPath)}" ${names(table.default)};`;
  const all = [ambiguous, ...lines].join('\n');
  return `map "$request_method $host $banyan_path" $banyan_upstream {\n  default ${names(table.default)};\n${all}\n}`;
}

/** Which upstreams are asked by TLS, and by which name. */
function schemes({ upstreams }: RouteTable, names: Names): string {
  const secure = Object.entries(upstreams).filter(([, { url }]) => new URL(url).protocol === 'https:');
  const map = (variable: string, otherwise: string, of: (url: URL) => string) => {
    const lines = secure.map(([name, { url }]) => `  ${names(name)} ${of(new URL(url))};`);
    return `map $banyan_upstream ${variable} {\n${[`  default ${otherwise};`, ...lines].join('\n')}\n}`;
  };
  return `${map('$banyan_scheme', 'http', () => 'https')}\n${map('$banyan_name', '""', ({ hostname }) => hostname)}`;
}

function sideOf({ mode, owner, candidate }: Route, index: number, names: Names): string {
  if (mode.kind === 'canary') return `$banyan_side_${index}`;
  return names(mode.kind === 'moved' ? candidate! : owner);
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
    '    proxy_pass $banyan_scheme://$banyan_upstream$request_uri;',
    '    proxy_ssl_server_name on;',
    '    proxy_ssl_name $banyan_name;',
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
  // Within quotes nginx takes one of two backslashes away.
  return pattern.replaceAll('\\\\', '\\\\\\\\').replaceAll('"', '\\"');
}
