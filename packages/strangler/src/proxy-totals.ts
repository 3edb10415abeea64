/** What one upstream was asked for, shadow requests excluded. */
export interface UpstreamTotals {
  readonly requests: number;
  /** Not reached, timed out, refused by a limit, or broken off. */
  readonly failures: number;
  /** Replies of 500 and above. */
  readonly serverErrors: number;
}

/** Counts since the proxy was created; they only grow. */
export interface ProxyTotals {
  /** Requests taken from users. */
  readonly requests: number;
  /** Requests that went wrong for the user: the sum of `failuresBy`. */
  readonly failures: number;
  readonly failuresBy: {
    /** 502 by the proxy. */
    readonly unreachable: number;
    /** 504 by the proxy. */
    readonly timedOut: number;
    /** 503 by the proxy: a limit was reached. */
    readonly overloaded: number;
    /** The upstream broke off in mid-body. */
    readonly broken: number;
    /** The upstream answered 5xx. */
    readonly serverErrors: number;
  };
  /** Requests that the proxy refused as malformed (400, 501). */
  readonly refused: number;
  /** Clients that went away before their reply was whole. */
  readonly clientAborts: number;
  /** Replies given to users, by class of status. */
  readonly statuses: Readonly<Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx', number>>;
  /** Requests meant for a candidate that the owner answered. */
  readonly fallbacks: number;
  /** Requests sent to compare, to either side. */
  readonly shadowRequests: number;
  /** Writes that waited while their route was given to another owner. */
  readonly held: number;
  /** Writes of such a route that were answered 503, because too many waited or it took too long. */
  readonly heldRefused: number;
  readonly upstreams: Readonly<Record<string, UpstreamTotals>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

/** How a request can fail for a user. */
export type FailureKind = keyof ProxyTotals['failuresBy'];

/** The counters behind `ProxyTotals`. */
export class TotalsCounter {
  readonly #totals: Mutable<Omit<ProxyTotals, 'upstreams' | 'failures'>> = {
    requests: 0,
    failuresBy: { unreachable: 0, timedOut: 0, overloaded: 0, broken: 0, serverErrors: 0 },
    refused: 0,
    clientAborts: 0,
    statuses: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
    fallbacks: 0,
    shadowRequests: 0,
    held: 0,
    heldRefused: 0,
  };
  readonly #upstreams = new Map<string, Mutable<UpstreamTotals>>();

  count(
    what: 'requests' | 'refused' | 'clientAborts' | 'fallbacks' | 'shadowRequests' | 'held' | 'heldRefused',
  ): void {
    this.#totals[what]++;
  }

  failed(kind: FailureKind): void {
    this.#totals.failuresBy[kind]++;
  }

  answered(status: number): void {
    const kind = `${Math.floor(status / 100)}xx` as keyof ProxyTotals['statuses'];
    if (kind in this.#totals.statuses) this.#totals.statuses[kind]++;
  }

  asked(upstream: string, outcome: keyof UpstreamTotals): void {
    let totals = this.#upstreams.get(upstream);
    if (totals === undefined) {
      totals = { requests: 0, failures: 0, serverErrors: 0 };
      this.#upstreams.set(upstream, totals);
    }
    totals[outcome]++;
  }

  /** A copy that no longer changes. */
  snapshot(): ProxyTotals {
    const { failuresBy } = this.#totals;
    return {
      ...structuredClone(this.#totals),
      failures: Object.values(failuresBy).reduce((sum, count) => sum + count, 0),
      upstreams: structuredClone(Object.fromEntries(this.#upstreams)),
    };
  }
}
