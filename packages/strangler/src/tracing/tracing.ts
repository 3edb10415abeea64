import type { FinishedRequest } from '../operations/finished-request.ts';

/** What a span begins with. */
export interface TracedRequest {
  readonly method: string;
  readonly path: string;
  /** `traceparent`, `tracestate` and `baggage`, as far as the client sent them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The span of one request. */
export interface RequestSpan {
  /** What upstreams get in place of what the client sent; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called once. */
  end(request: FinishedRequest): void;
}

/** Makes a span of each request that the proxy forwards. Both calls must be quick and must not throw. */
export interface Tracing {
  begin(request: TracedRequest): RequestSpan;
}
