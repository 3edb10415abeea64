import type { ClientStream } from './client/client-stream.ts';
import { CandidateReply } from './forward/candidate-reply.ts';
import { Exchange } from './forward/exchange.ts';
import { OwnerReply } from './forward/owner-reply.ts';
import { problemReply } from './forward/problem.ts';
import type { ProxyContext } from './forward/proxy-context.ts';
import { requestHeaders } from './forward/request-headers.ts';
import { requestTarget } from './forward/request-target.ts';
import { Tunnel } from './forward/tunnel.ts';
import type { CompiledRoute, CompiledTable } from './routes/compile-route-table.ts';
import type { CurrentTable } from './routes/current-table.ts';
import { type Decision, decide } from './routes/decide.ts';
import { matchCompiled } from './routes/match-route.ts';
import type { RouteTable } from './routes/route.ts';
import { stickyCookie, stickyKey, stickyPlace } from './routes/sticky.ts';
import type { Capture } from './shadow/capture.ts';
import type { Upstreams } from './upstream/upstreams.ts';
import { RequestRefused } from './wire/request-refused.ts';

const partialOrConditional = [
  'range',
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
];

/** What decides where requests go. */
export interface Routing {
  readonly table: CurrentTable;
  readonly upstreams: Upstreams;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** A new key for a client that has none. */
  readonly newKey: () => string;
}

/** Answers one request of a user. */
export function handleRequest(context: ProxyContext, routing: Routing, stream: ClientStream): void {
  context.totals.count('requests');
  const compiled = routing.table.get();
  let exchange: Exchange;
  try {
    exchange = openExchange(context, compiled, stream);
  } catch (error) {
    refuse(context, stream, error);
    return;
  }
  if (exchange.method === 'GET' && stream.request.upgrade === 'websocket') {
    switchProtocols(exchange, routing, compiled.table);
    return;
  }
  if (exchange.route === undefined) {
    new OwnerReply(exchange, routing.upstreams.get(compiled.table, compiled.table.default)).start();
    return;
  }
  const decision = decideFor(exchange, exchange.route, routing);
  if (decision.side === 'candidate') askCandidate(exchange, exchange.route, routing, compiled.table);
  else askOwner(exchange, exchange.route, routing, compiled.table, decision.shadow);
}

/** The exchange of a request. Throws `RequestRefused`. */
function openExchange(context: ProxyContext, compiled: CompiledTable, stream: ClientStream): Exchange {
  const { method, target: url } = stream.request;
  const target = requestTarget(method, url);
  const headers = requestHeaders(stream, target.authority, context.presentation);
  const route = matchCompiled(compiled, method, target.path);
  return new Exchange(context, stream, { target, headers, route });
}

/** Answers a request that can't be forwarded. */
function refuse(context: ProxyContext, stream: ClientStream, error: unknown): void {
  if (!(error instanceof RequestRefused)) throw error;
  context.totals.count('refused');
  context.totals.answered(error.status);
  const { start, body } = problemReply({ status: error.status, detail: error.message });
  stream.begin({ ...start, close: true });
  stream.write(body);
  stream.end();
}

/** WebSocket is tunnelled to the owner; any other wish to switch is not heard, as a server may (RFC 9110, 7.8). */
function switchProtocols(exchange: Exchange, { upstreams }: Routing, table: RouteTable): void {
  const name = exchange.route?.route.owner ?? table.default;
  new Tunnel(exchange, upstreams.get(table, name)).start();
}

function decideFor(exchange: Exchange, { route }: CompiledRoute, { random, newKey }: Routing): Decision {
  // A body can't be sent twice, so only the owner gets such a read.
  if (exchange.hasBody) return { side: 'owner', shadow: false };
  const { mode } = route;
  const split = mode.kind === 'canary' && mode.share > 0 && mode.share < 1;
  const place = split ? stickyPlace(clientKey(exchange, route.stickiness, newKey)) : 0;
  return decide(route, { place, sample: random() });
}

function clientKey(
  exchange: Exchange,
  stickiness: CompiledRoute['route']['stickiness'],
  newKey: () => string,
): string {
  const { fields } = exchange.stream.request;
  const known = stickyKey(fields, stickiness);
  if (known !== undefined) return known;
  const key = newKey();
  const proto = fields.get('x-forwarded-proto') ?? (exchange.stream.secure ? 'https' : 'http');
  exchange.stickyCookie = stickyCookie(key, proto === 'https');
  return key;
}

function askCandidate(
  exchange: Exchange,
  compiled: CompiledRoute,
  routing: Routing,
  table: RouteTable,
): void {
  const candidate = routing.upstreams.get(table, compiled.route.candidate!);
  const fallBack = () => {
    exchange.context.totals.count('fallbacks');
    exchange.evidence!.fallbacks++;
    askOwner(exchange, compiled, routing, table, false);
  };
  if (candidate.breaker.allows(performance.now())) new CandidateReply(exchange, candidate, fallBack).start();
  else fallBack();
}

function askOwner(
  exchange: Exchange,
  compiled: CompiledRoute,
  routing: Routing,
  table: RouteTable,
  shadow: boolean,
): void {
  const owner = routing.upstreams.get(table, compiled.route.owner);
  const capture = shadow ? beginShadow(exchange, compiled, routing, table) : undefined;
  new OwnerReply(exchange, owner, capture).start();
}

function beginShadow(
  exchange: Exchange,
  route: CompiledRoute,
  { upstreams }: Routing,
  table: RouteTable,
): Capture | undefined {
  // Validators and ranges of one side mean nothing to the other: their replies can't be compared.
  if (partialOrConditional.some((name) => exchange.stream.request.fields.names.includes(name)))
    return undefined;
  return exchange.context.shadow.begin({
    route,
    method: exchange.method,
    url: exchange.target.url,
    headers: exchange.headers,
    owner: upstreams.get(table, route.route.owner),
    candidate: upstreams.get(table, route.route.candidate!),
  });
}
