/** Every bound of the proxy. Durations in milliseconds, sizes in bytes. */
export interface ProxyLimits {
  /** Requests that one upstream works on at a time, each on a connection of its own. Default 64. */
  readonly connectionsPerUpstream: number;
  /** Requests that wait for one of them; one more is answered 503. Default 1024. */
  readonly queuePerUpstream: number;
  /** How long a request waits for a connection before it is answered 503. Default 10,000. */
  readonly queueMs: number;
  /** Upgraded connections (WebSocket) to one upstream. Default 1024. */
  readonly tunnelsPerUpstream: number;
  /** Head of a request and of a reply. Default 65,536. */
  readonly headerBytes: number;
  /** Longest body of a request; more is answered 413. Bodies are streamed and never held. Default 1,073,741,824. */
  readonly requestBytes: number;
  /**
   * Longest body that is read before it is decided who answers, where a route asks for GraphQL or a read has one; a longer one
   * goes to the owner as it comes. Default 1,048,576.
   */
  readonly routedBodyBytes: number;
  /** Connections of clients at a time; further ones are closed at once. Default 16,384. */
  readonly clientConnections: number;
  /** Requests of one client at a time in one session of HTTP/2. Default 128. */
  readonly streamsPerClient: number;
  /** Until a client has agreed on TLS. Default 10,000. */
  readonly handshakeMs: number;
  /** From the first byte of a request's head to its last. Default 60,000. */
  readonly requestHeadMs: number;
  /** Until a connection to an upstream stands. Default 5,000. */
  readonly connectMs: number;
  /** From the end of the request until the head of the reply. Default 60,000. */
  readonly headersMs: number;
  /** Between two pieces of a body, either way. Default 300,000. */
  readonly bodyMs: number;
  /**
   * How long a connection to an upstream rests before it is closed; less where the upstream's `Keep-Alive` says so. It must be
   * less than what the upstream keeps connections for, so that no request crosses its closing. Default 4,000.
   */
  readonly upstreamIdleMs: number;
  /** Until a candidate's reply is whole (or `candidateBufferBytes` of it); then the owner answers. Default 2,000. */
  readonly candidateMs: number;
  /** How much of a candidate's reply is held back until it is whole. Default 1,048,576. */
  readonly candidateBufferBytes: number;
  /** Failures of a candidate in a row after which it is left alone. Default 5. */
  readonly breakerFailures: number;
  /** How long, before one request tries it again. Default 2,000. */
  readonly breakerMs: number;
  /** Times in a row that an upstream, in whose place nobody answers, can't be reached, hangs up or is too late, after which it is left alone. Default 20. */
  readonly guardFailures: number;
  /** How long, before one request tries it again; the others are answered 503. Default 1,000. */
  readonly guardMs: number;
  /** Writes that wait while their route is given to another owner; one more is answered 503. Default 1,024. */
  readonly heldRequests: number;
  /** Heads, and bodies that were read to find the route, of those that wait; what would be more is answered 503. Default 16,777,216. */
  readonly heldBytes: number;
  /** How long one of them waits before it is answered 503. Default 10,000. */
  readonly heldMs: number;
  /** Reads being copied and compared at a time; further ones are left out. Default 16. */
  readonly shadowRequests: number;
  /** Longest body that is compared. Default 1,048,576. */
  readonly compareBytes: number;
  /** How long idle connections of clients are kept. Default 65,000. */
  readonly clientKeepAliveMs: number;
  /** How long the rest of an upload is read away after an early reply, and what comes after the last one. Default 5,000. */
  readonly lingerMs: number;
  /** How long `close()` waits for requests under way. Default 10,000. */
  readonly drainMs: number;
  /** Lines of the access log that are kept while nobody takes them; more are left out and counted. Default 4,194,304. */
  readonly accessLogBytes: number;
  /** Length of a window of evidence. Default 1,000. */
  readonly evidenceMs: number;
  /** Windows of evidence kept while the sink refuses them. Default 1,000. */
  readonly evidenceWindows: number;
}

/** The limits of a proxy that is given none. */
export const defaultProxyLimits: ProxyLimits = {
  connectionsPerUpstream: 64,
  queuePerUpstream: 1024,
  queueMs: 10_000,
  tunnelsPerUpstream: 1024,
  headerBytes: 65_536,
  requestBytes: 1_073_741_824,
  routedBodyBytes: 1_048_576,
  clientConnections: 16_384,
  streamsPerClient: 128,
  handshakeMs: 10_000,
  requestHeadMs: 60_000,
  connectMs: 5_000,
  headersMs: 60_000,
  bodyMs: 300_000,
  upstreamIdleMs: 4_000,
  candidateMs: 2_000,
  candidateBufferBytes: 1_048_576,
  breakerFailures: 5,
  breakerMs: 2_000,
  guardFailures: 20,
  guardMs: 1_000,
  heldRequests: 1024,
  heldBytes: 16_777_216,
  heldMs: 10_000,
  shadowRequests: 16,
  compareBytes: 1_048_576,
  clientKeepAliveMs: 65_000,
  lingerMs: 5_000,
  drainMs: 10_000,
  accessLogBytes: 4_194_304,
  evidenceMs: 1_000,
  evidenceWindows: 1_000,
};
