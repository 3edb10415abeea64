import type { ClientStream } from './client/client-stream.ts';
import { gatherBody } from './client/gather-body.ts';
import { Decoration } from './events/decoration.ts';
import type { EventRule } from './events/event-rule.ts';
import { dispatch } from './forward/dispatch.ts';
import { Exchange } from './forward/exchange.ts';
import { OwnerReply } from './forward/owner-reply.ts';
import { problemReply } from './forward/problem.ts';
import type { ProxyContext } from './forward/proxy-context.ts';
import { requestHeaders } from './forward/request-headers.ts';
import { requestTarget } from './forward/request-target.ts';
import { Tunnel } from './forward/tunnel.ts';
import type { Holding } from './hold/holding.ts';
import { type AssignedRequest, type Assignment, assign, type Chance, isolated } from './routes/assign.ts';
import type { CompiledRoute, CompiledTable } from './routes/compile-route-table.ts';
import type { CurrentTable } from './routes/current-table.ts';
import { type GraphqlOperation, graphqlOperations } from './routes/graphql-operations.ts';
import { matchCompiled, needsOperations } from './routes/match-route.ts';
import type { NamedValues } from './routes/named-values.ts';
import { isRead } from './routes/reads.ts';
import { stickyCookie } from './routes/sticky.ts';
import { traced } from './tracing/traced.ts';
import { asText } from './translate/translation.ts';
import { UpstreamFailure } from './upstream/failure.ts';
import type { Upstreams } from './upstream/upstreams.ts';
import { RequestRefused } from './wire/request-refused.ts';

/** What decides where requests go. */
export interface Routing extends Chance {
  readonly table: CurrentTable;
  readonly upstreams: Upstreams;
  readonly holding: Holding;
}

/** Answers one request of a user. */
export function handleRequest(context: ProxyContext, routing: Routing, stream: ClientStream): void {
  context.totals.count('requests');
  const compiled = routing.table.get();
  let exchange: Exchange;
  try {
    exchange = openExchange(context, stream);
    if (context.tracing !== undefined) traced(exchange, context.tracing);
  } catch (error) {
    refuse(context, stream, error);
    return;
  }
  const { method, target } = exchange;
  const fields = fieldsOf(exchange, compiled);
  const request: Routed = { compiled, routing, fields, method };
  if (method === 'GET' && stream.request.upgrade === 'websocket') {
    exchange.route = matchCompiled(compiled, method, target.path, { fields });
    switchProtocols(exchange, request);
    return;
  }
  if (needsOperations(compiled, method, target.path, fields)) {
    // Meanwhile there may be other routes, or writes may have to wait.
    withBody(exchange, () => {
      answer(exchange, { ...routedNow(exchange, request), operations: operationsOf(exchange) });
    });
  } else answer(exchange, request);
}

/** A request with what its route is told by. */
interface Routed extends AssignedRequest {
  readonly compiled: CompiledTable;
  readonly routing: Routing;
}

/** A request by the table of now: its body may have taken a while. */
function routedNow(exchange: Exchange, routed: Routed): Routed {
  const compiled = routed.routing.table.get();
  if (compiled === routed.compiled) return routed;
  return { ...routed, compiled, fields: fieldsOf(exchange, compiled) };
}

function answer(exchange: Exchange, asked: Routed): void {
  const { compiled, routing, fields } = asked;
  const { table } = compiled;
  const route = matchCompiled(compiled, exchange.method, exchange.target.path, asked);
  exchange.route = route;
  const own = isolated(compiled, route, fields);
  if (own !== undefined) {
    exchange.isolated = true;
    new OwnerReply(exchange, routing.upstreams.get(table, own.name, own.instance)).start();
    return;
  }
  const byCode = route?.route.reads === 'code';
  if (byCode && isUnread(exchange)) {
    withBody(exchange, () => answer(exchange, routedNow(exchange, asked)));
    return;
  }
  const routed = byCode ? { ...asked, readByCode: isReadByCode(exchange, route) } : asked;
  if (route !== undefined && !isRead(route.route, routed)) {
    const again = () => answer(exchange, routedNow(exchange, asked));
    if (routing.holding.take(exchange, route.route, again)) return;
    routing.holding.forwards(exchange, route.route);
  }
  if (exchange.context.recorder.wants) offer(exchange, route, routed);
  if (route === undefined) {
    new OwnerReply(exchange, routing.upstreams.get(table, table.default)).start();
    return;
  }
  const rule = exchange.context.hooks[route.route.name]?.event;
  if (rule === undefined) answerByRoute(exchange, route, routed);
  else decorate(exchange, route, rule, () => answerByRoute(exchange, route, routed));
}

/** Offers a read to the recorder, unless it has a body that nobody has read. */
function offer(
  { context, method, target, headers, hasBody, body }: Exchange,
  route: CompiledRoute | undefined,
  routed: Routed,
): void {
  const read = route === undefined ? method === 'GET' || method === 'HEAD' : isRead(route.route, routed);
  const whole = Buffer.isBuffer(body) ? body : undefined;
  if (read && (whole !== undefined || !hasBody)) context.recorder.offer(method, target.url, headers, whole);
}

/** Sees to it that the event of a request is on disk before its reply is sent. */
function decorate(exchange: Exchange, { route }: CompiledRoute, rule: EventRule, then: () => void): void {
  const decorating = exchange.context.decorating!;
  if (decorating.spool.full) {
    const message = 'Too many events wait to be delivered (limit `maxBytes` of the spool). Try again later.';
    exchange.problem(new UpstreamFailure('overloaded', message), route.owner);
    return;
  }
  withBody(exchange, () => {
    const { method, target, headers, hasBody } = exchange;
    const body = Buffer.isBuffer(exchange.body) ? exchange.body : undefined;
    if (body !== undefined || !hasBody) {
      const request = asText({ method, url: target.url, headers, body });
      exchange.decoration = new Decoration(route.name, rule, request, decorating);
    } else {
      const message = `A request of ${route.name} has no event: its body is longer than \`routedBodyBytes\`.`;
      decorating.log({ level: 'warn', event: 'event-missing', message });
    }
    then();
  });
}

function answerByRoute(exchange: Exchange, route: CompiledRoute, routed: Routed): void {
  const { compiled, routing } = routed;
  const { table } = compiled;
  const assignment = assign(route, table, routed, routing);
  if (assignment.newKey !== undefined) makeKnown(exchange, assignment.newKey);
  const translated = exchange.context.hooks[route.route.name]?.translate !== undefined;
  const byCandidate = assignment.side === 'candidate';
  const twice = assignment.shadow || (byCandidate && (assignment.fallback || translated));
  // What may be asked of both sides must be there as a whole.
  if (twice && exchange.hasBody && !Buffer.isBuffer(exchange.body))
    withBody(exchange, () => ask(exchange, route, assignment, routed));
  else ask(exchange, route, assignment, routed);
}

function ask(
  exchange: Exchange,
  route: CompiledRoute,
  assignment: Assignment,
  { routing, compiled }: Routed,
): void {
  const { owner, candidate } = route.route;
  const { upstreams } = routing;
  dispatch(exchange, route, assignment, {
    owner: upstreams.get(compiled.table, owner),
    candidate: candidate === undefined ? undefined : upstreams.get(compiled.table, candidate),
  });
}

/** Whether there is a body that nobody has looked at yet. */
function isUnread({ stream, bodyRead }: Exchange): boolean {
  return stream.body !== undefined && !bodyRead;
}

/** Reads the body, unless it is too long or was read already, then goes on. */
function withBody(exchange: Exchange, then: () => void): void {
  const { stream, context } = exchange;
  if (stream.body === undefined || !isUnread(exchange)) {
    then();
    return;
  }
  if (stream.request.expectsContinue) stream.interim(100, 'Continue', []);
  gatherBody(stream.body, context.limits.routedBodyBytes, (body) => {
    exchange.body = body;
    exchange.bodyRead = true;
    if (!exchange.clientGone) then();
  });
}

/** Asks the code of a route. Whatever it can't tell is taken for a write, which is asked for once. */
function isReadByCode(exchange: Exchange, { route }: CompiledRoute): boolean {
  const { context, method, target, headers, hasBody } = exchange;
  const body = Buffer.isBuffer(exchange.body) ? exchange.body : undefined;
  const rule = context.hooks[route.name]?.isRead;
  if (rule === undefined || (hasBody && body === undefined)) return false;
  try {
    return rule(asText({ method, url: target.url, headers, body })) === true;
  } catch (cause) {
    const message = `The rule of ${route.name} that tells reads has thrown (${(cause as Error).message}): its request is taken for a write.`;
    context.log({ level: 'warn', event: 'read-rule-failed', message });
    return false;
  }
}

function operationsOf({ body, stream, target }: Exchange): readonly GraphqlOperation[] | undefined {
  // A body in another coding is not undone: the owner answers what can't be looked into.
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : undefined;
  if (stream.body !== undefined && text === undefined) return undefined;
  const search = target.url.slice(target.path.length + 1);
  return graphqlOperations({ contentType: stream.request.fields.get('content-type'), body: text, search });
}

function fieldsOf({ stream, target }: Exchange, { simple }: CompiledTable): NamedValues {
  const { fields, host } = stream.request;
  if (simple) return fields;
  const authority = target.authority ?? host;
  return { get: (name) => (name === 'host' ? authority : fields.get(name)) };
}

/** The exchange of a request. Throws `RequestRefused`. */
function openExchange(context: ProxyContext, stream: ClientStream): Exchange {
  const { method, target: url } = stream.request;
  const target = requestTarget(method, url);
  const headers = requestHeaders(stream, target.authority, context.presentation);
  return new Exchange(context, stream, { target, headers });
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
  const { method, target, version } = stream.request;
  context.finished?.({
    at: new Date(),
    client: stream.remoteAddress,
    method,
    path: target.split('?', 1)[0]!,
    version,
    status: error.status,
    bytes: body.length,
    ms: 0,
    outcome: 'refused',
  });
}

/** WebSocket is tunnelled to whoever owns it now; any other wish to switch is not heard, as a server may (RFC 9110, 7.8). */
function switchProtocols(exchange: Exchange, { routing, compiled, fields }: Routed): void {
  const { table } = compiled;
  const route = exchange.route?.route;
  const moved = route?.mode.kind === 'moved' ? route.candidate! : (route?.owner ?? table.default);
  const { name, instance } = isolated(compiled, exchange.route, fields) ?? { name: moved };
  new Tunnel(exchange, routing.upstreams.get(table, name, instance)).start();
}

function makeKnown(exchange: Exchange, key: string): void {
  const { request, secure } = exchange.stream;
  const proto = request.fields.get('x-forwarded-proto') ?? (secure ? 'https' : 'http');
  exchange.stickyCookie = stickyCookie(key, proto === 'https');
}
