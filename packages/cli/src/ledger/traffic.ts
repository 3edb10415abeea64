import { type DifferenceSample, type Evidence, fieldOf } from '@banyan/strangler';

/** Everything a proxy forwarded in a window, whatever the route. */
export interface ForwardedTotals {
  readonly requests: number;
  /** Requests that a client saw fail: not answered, or answered with 5xx. */
  readonly failures: number;
}

/** Evidence as the ledger keeps it: positions as text, because JSON knows no big integers. */
export type RecordedEvidence = Omit<Evidence, 'revision' | 'from' | 'to'> & {
  readonly revision: string;
  readonly from: string;
  readonly to: string;
};

/** The data of a `TrafficObserved` event: what one proxy saw since its last one. */
export interface TrafficObserved {
  readonly instance: string;
  /** The revision of the routes that the proxy runs. */
  readonly revision?: string;
  readonly totals: ForwardedTotals;
  readonly evidence: readonly RecordedEvidence[];
  /** A change of an owner for which the proxy makes writes wait, and nothing is under way any more that it sent before. */
  readonly drained?: string;
}

/** Makes evidence fit for the ledger. */
export function recordable(evidence: Evidence): RecordedEvidence {
  return {
    ...evidence,
    revision: String(evidence.revision),
    from: evidence.from.toISOString(),
    to: evidence.to.toISOString(),
  };
}

/** Where the replies of a route differ. */
export interface FieldTraffic {
  readonly field: string;
  /** Compared replies in which it differed. */
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** The first ones that were seen, at most `keptSamples`. */
  readonly samples: readonly DifferenceSample[];
}

/** Evidence of one route added up. */
export interface RouteTraffic {
  readonly owner: SideTraffic;
  readonly candidate: SideTraffic;
  readonly fallbacks: number;
  readonly compared: number;
  readonly equal: number;
  readonly late: number;
  readonly different: number;
  readonly unanswered: number;
  /** The newest differences, at most `keptDifferences`. */
  readonly differences: readonly DifferenceSample[];
  /** Differences by field, at most `keptFields`. */
  readonly fields: readonly FieldTraffic[];
  /** What differs when the owner is asked twice, as a proxy said last. */
  readonly noise: readonly string[];
}

/** One side of a route, added up; the percentiles are those of the newest window. */
export interface SideTraffic {
  readonly requests: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How many differences are kept for a person to look at. */
const keptDifferences = 10;
const keptFields = 50;
const keptSamples = 3;

const nothing: SideTraffic = { requests: 0, errors: 0, p50Ms: 0, p99Ms: 0 };

/** A route that has seen no traffic. */
export const noTraffic: RouteTraffic = {
  owner: nothing,
  candidate: nothing,
  fallbacks: 0,
  compared: 0,
  equal: 0,
  late: 0,
  different: 0,
  unanswered: 0,
  differences: [],
  fields: [],
  noise: [],
};

function addSide(sum: SideTraffic, side: SideTraffic): SideTraffic {
  const newest = side.requests > 0 ? side : sum;
  return {
    requests: sum.requests + side.requests,
    errors: sum.errors + side.errors,
    p50Ms: newest.p50Ms,
    p99Ms: newest.p99Ms,
  };
}

/** Adds one window of evidence to a sum. */
export function addEvidence(sum: RouteTraffic, evidence: RecordedEvidence): RouteTraffic {
  const { shadow } = evidence;
  return {
    owner: addSide(sum.owner, evidence.owner),
    candidate: addSide(sum.candidate, evidence.candidate),
    fallbacks: sum.fallbacks + evidence.fallbacks,
    compared: sum.compared + shadow.equal + shadow.late + shadow.different,
    equal: sum.equal + shadow.equal,
    late: sum.late + shadow.late,
    different: sum.different + shadow.different,
    unanswered: sum.unanswered + shadow.failed,
    differences: [...sum.differences, ...evidence.differences].slice(-keptDifferences),
    fields: addFields(sum.fields, evidence),
    noise: evidence.noise ?? sum.noise,
  };
}

function addFields(before: readonly FieldTraffic[], evidence: RecordedEvidence): readonly FieldTraffic[] {
  // Evidence of older proxies has no fields.
  if ((evidence.fields ?? []).length === 0) return before;
  const fields = new Map(before.map((one) => [one.field, one]));
  for (const { field, count } of evidence.fields) {
    const known = fields.get(field);
    if (known === undefined && fields.size >= keptFields) continue;
    const samples = evidence.differences.filter(({ at }) => fieldOf(at) === field);
    fields.set(field, {
      field,
      count: (known?.count ?? 0) + count,
      firstAt: known?.firstAt ?? evidence.from,
      lastAt: evidence.to,
      samples: [...(known?.samples ?? []), ...samples].slice(0, keptSamples),
    });
  }
  return [...fields.values()];
}

/** Adds the sums of several routes; what is grouped by field is each route's own and left out. */
export function addRoutes(routes: Iterable<RouteTraffic>): RouteTraffic {
  let sum = noTraffic;
  for (const route of routes) {
    sum = {
      owner: addSide(sum.owner, route.owner),
      candidate: addSide(sum.candidate, route.candidate),
      fallbacks: sum.fallbacks + route.fallbacks,
      compared: sum.compared + route.compared,
      equal: sum.equal + route.equal,
      late: sum.late + route.late,
      different: sum.different + route.different,
      unanswered: sum.unanswered + route.unanswered,
      differences: [...sum.differences, ...route.differences].slice(-keptDifferences),
      fields: [],
      noise: [],
    };
  }
  return sum;
}
