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
  { owner, candidate }: Sides,
): void {
  const whole = !exchange.hasBody || Buffer.isBuffer(exchange.body);
  const { side, fallback, shadow } = assignment;
  const capture =
    candidate !== undefined && shadow && whole && isComparable(exchange)
      ? () => beginShadow(exchange, route, assignment, { owner, candidate })
      : () => undefined;
  if (side === 'owner' || candidate === undefined || (fallback && !whole)) {
    new OwnerReply(exchange, owner, { capture: capture() }).start();
    return;
  }
  const fallBack = () => {
    exchange.context.totals.count('fallbacks');
    exchange.evidence!.fallbacks++;
    new OwnerReply(exchange, owner).start();
  };
  const translator = exchange.context.hooks[route.route.name]?.translate;
  if (fallback && !candidate.breaker.allows(performance.now())) fallBack();
  else if (translator !== undefined && whole) {
    const instead = fallback ? fallBack : () => refuse(exchange, candidate);
    const how = { translator, fallBack: instead, alone: !fallback, capture: capture() };
    void answerTranslated(exchange, candidate, how);
  } else if (fallback) new CandidateReply(exchange, candidate, { fallBack, capture: capture() }).start();
  else new OwnerReply(exchange, candidate, { side: 'candidate', capture: capture() }).start();
}

function refuse(exchange: Exchange, { name }: Upstream): void {
  const message = `The upstream "${name}" gave no reply that could be translated.`;
  exchange.problem(new UpstreamFailure('broken', message), name);
}

/** Validators and ranges of one side mean nothing to the other: their replies can't be compared. */
function isComparable({ stream }: Exchange): boolean {
  return !partialOrConditional.some((name) => stream.request.fields.names.includes(name));
}

function beginShadow(
  { context, method, target, headers, body }: Exchange,
  route: CompiledRoute,
  { side, read }: Assignment,
  sides: Required<Sides> & { readonly candidate: Upstream },
): Capture | undefined {
  return context.shadow.begin({
    ...sides,
    route,
    method,
    url: target.url,
    headers,
    body: Buffer.isBuffer(body) ? body : undefined,
    repeatable: read,
    answered: side,
    translator: context.hooks[route.route.name]?.translate,
  });
}
