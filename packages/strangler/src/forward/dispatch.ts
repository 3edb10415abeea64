import type { Assignment } from '../routes/assign.ts';
import type { CompiledRoute } from '../routes/compile-route-table.ts';
import type { Capture } from '../shadow/capture.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { CandidateReply } from './candidate-reply.ts';
import type { Exchange } from './exchange.ts';
import { OwnerReply } from './owner-reply.ts';
import { answerTranslated } from './translated-reply.ts';

const partialOrConditional = [
  'range',
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
];

/** The two servers that may answer a route. */
export interface Sides {
  readonly owner: Upstream;
  /** Absent where the route has none: the owner answers everything. */
  readonly candidate?: Upstream | undefined;
}

/**
 * Asks the side that a request of a route is assigned to. Its body is there as a whole where both sides may be asked; a body
 * that was too long for that goes to the owner alone.
 */
export function dispatch(
  exchange: Exchange,
  route: CompiledRoute,
  assignment: Assignment,
  sides: Sides,
): void {
  const { owner, candidate } = sides;
  const whole = !exchange.hasBody || Buffer.isBuffer(exchange.body);
  const { side, fallback } = assignment;
  if (side === 'owner' || candidate === undefined || (fallback && !whole)) {
    new OwnerReply(exchange, owner, { capture: captureOf(exchange, route, assignment, sides) }).start();
    return;
  }
  if (fallback && !candidate.breaker.allows(performance.now())) {
    fallBack(exchange, owner);
    return;
  }
  const capture = captureOf(exchange, route, assignment, sides);
  const translator = exchange.context.hooks[route.route.name]?.translate;
  if (translator !== undefined && whole) {
    const instead = fallback ? () => fallBack(exchange, owner) : () => refuse(exchange, candidate);
    void answerTranslated(exchange, candidate, { translator, fallBack: instead, alone: !fallback, capture });
  } else if (fallback) {
    new CandidateReply(exchange, { upstream: candidate, capture }, () => fallBack(exchange, owner)).start();
  } else new OwnerReply(exchange, candidate, { side: 'candidate', capture }).start();
}

function fallBack(exchange: Exchange, owner: Upstream): void {
  exchange.context.totals.count('fallbacks');
  exchange.evidence!.fallbacks++;
  new OwnerReply(exchange, owner).start();
}

function refuse(exchange: Exchange, { name }: Upstream): void {
  const message = `The upstream "${name}" gave no reply that could be translated.`;
  exchange.problem(new UpstreamFailure('broken', message), name);
}

/** Validators and ranges of one side mean nothing to the other: their replies can't be compared. */
function isComparable({ stream }: Exchange): boolean {
  return !partialOrConditional.some((name) => stream.request.fields.names.includes(name));
}

/** What copies the reply, where it is to be compared. Nothing is made for the many requests that are not. */
function captureOf(
  exchange: Exchange,
  route: CompiledRoute,
  { shadow, side, read }: Assignment,
  { owner, candidate }: Sides,
): Capture | undefined {
  if (!shadow || candidate === undefined || !isComparable(exchange)) return undefined;
  const { context, method, target, headers, body, hasBody } = exchange;
  const whole = Buffer.isBuffer(body) ? body : undefined;
  if (hasBody && whole === undefined) return undefined;
  return context.shadow.begin({
    route,
    owner,
    candidate,
    method,
    url: target.url,
    headers,
    body: whole,
    repeatable: read,
    answered: side,
    translator: context.hooks[route.route.name]?.translate,
  });
}
