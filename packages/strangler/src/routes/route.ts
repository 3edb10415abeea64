import type { Tolerance } from '../compare/json-path.ts';

/** Which requests a route takes. */
export interface RouteMatch {
  /** HTTP methods in upper case. Default: `['GET', 'HEAD']`. */
  readonly methods?: readonly string[];
  /**
   * Path pattern: literal segments, `:name` for one segment, and `*` as the last segment for the rest of the
   * path (also none): `/api/items/:id`, `/api/search`, `/assets/*`.
   */
  readonly path: string;
  /** Host of the request, without its port: `shop.example`, or `*.shop.example` for any name below it. */
  readonly host?: string;
  /** Headers (lower case) that the request must have: with this value, or `*` for any. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For an API with one URL: what the request's body asks for. Methods are then `['GET', 'POST']` by default. */
  readonly graphql?: GraphqlMatch;
}

/** Which GraphQL requests a route takes. Each operation of a batch must match. */
export interface GraphqlMatch {
  /** Default `query`. */
  readonly operation?: 'query' | 'mutation' | 'subscription';
  /** Root fields; a request that asks for any other matches nothing. Default all. */
  readonly fields?: readonly string[];
}

/**
 * Which requests of a route only read, so that both sides may be asked: by the method (GET, HEAD), by the kind of the GraphQL
 * operation, all of them, none, or those of which the route's code says so (`isRead` of its hooks; without it none).
 */
export type ReadRule = 'method' | 'graphql' | 'all' | 'none' | 'code';

/** Who answers the requests of a route. */
export type RouteMode =
  /** The owner answers everything. */
  | { readonly kind: 'owner' }
  /** The owner answers; a sample of the reads (0..1) is copied to the candidate and compared. */
  | { readonly kind: 'shadow'; readonly sample: number }
  /**
   * The candidate answers a sticky share (0..1) of the clients, the owner is its fallback and answers the rest; for a
   * sample (0..1, default 0) of the reads the side that did not answer is asked as well, and the replies are compared.
   */
  | { readonly kind: 'canary'; readonly share: number; readonly sample?: number }
  /** The candidate answers everything; the owner is its fallback. */
  | { readonly kind: 'moved' };

/** What tells one client from another, so that it stays on one side: a cookie, a request header or the user. */
export type Stickiness =
  | { readonly cookie: string }
  | { readonly header: string }
  /** The subject (`sub`) of a bearer token, unchecked: it decides nothing but the side. */
  | { readonly user: 'bearer' };

/** How the candidate's reply is compared with the owner's. */
export interface CompareRules {
  /**
   * Paths that may differ: in JSON `total`, `items[*].updatedAt`, `items[0].id`, `*.etag`; in HTML
   * `html > head > meta[*] @content`.
   */
  readonly ignore?: readonly string[];
  /** JSON arrays whose order doesn't count; `body` for the whole. */
  readonly sets?: readonly string[];
  /** How far numbers may be off, by JSON path: `{ 'items[*].score': 0.01, total: '0.5%' }`. */
  readonly tolerance?: Readonly<Record<string, Tolerance>>;
  /** Reply headers (lower case) that must be equal, beside status and body. Default: none. */
  readonly headers?: readonly string[];
  /**
   * Share of the compared reads (0..1) for which the owner is asked twice, to learn which fields differ from themselves;
   * the first reads of a route are taken in any case. 0 learns nothing. Default 0.05.
   */
  readonly learn?: number;
}

/** Makes the writes of a route wait while its owner is being changed. */
export interface RouteHold {
  /** Names the change. */
  readonly id: string;
  /** A proxy holds for so long at most since it saw it first, in milliseconds; then it forwards to the owner again. */
  readonly forMs: number;
}

/** One matched set of requests, the upstream that owns it and the one being tried. */
export interface Route {
  /** Unique in its table; evidence is reported under it. */
  readonly name: string;
  readonly match: RouteMatch;
  /** Name of the upstream that owns the requests. */
  readonly owner: string;
  /** Name of the upstream being tried; needed by every mode but `owner`. */
  readonly candidate?: string;
  readonly mode: RouteMode;
  /** Default `graphql` where the match asks for GraphQL, else `method`. */
  readonly reads?: ReadRule;
  /** Whether the owner answers a read that the candidate fails; it counts as the candidate's failure. Default true. */
  readonly fallback?: boolean;
  /** Default: the proxy's own cookie, `banyan_sticky`. */
  readonly stickiness?: Stickiness;
  readonly compare?: CompareRules;
  /** Present while its writes wait. */
  readonly hold?: RouteHold;
}

/** A server that requests can be forwarded to. */
export interface Upstream {
  /** Origin, without a path: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Whether nothing that it does can be seen outside, so that writes may be copied to it. Default false. */
  readonly sandboxed?: boolean;
  /** Instances of single developers by their keys; requests ask for one by header or baggage. */
  readonly instances?: Readonly<Record<string, { readonly url: string }>>;
}

/**
 * Everything the proxy knows of routing. A table is never changed; a new one with a higher revision takes its
 * place, and the proxy picks it up with the next request.
 */
export interface RouteTable {
  /** Grows with every change; evidence names it. */
  readonly revision: bigint | number;
  readonly upstreams: Readonly<Record<string, Upstream>>;
  /** Name of the upstream for requests that no route matches. */
  readonly default: string;
  /** The first route that matches wins. */
  readonly routes: readonly Route[];
}
