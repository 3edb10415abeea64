/** One request of a user that has ended, for the access log. */
export interface FinishedRequest {
  /** When it ended. */
  readonly at: Date;
  readonly client: string;
  readonly method: string;
  /** Without the query, which may hold what nobody should read. */
  readonly path: string;
  readonly version: string;
  /** Status that the client was sent; undefined where it went away before. */
  readonly status?: number | undefined;
  /** Bytes of the reply's body. */
  readonly bytes: number;
  /** From the request's head to the end of its reply. */
  readonly ms: number;
  /** Who answered; undefined where the proxy did. */
  readonly upstream?: string | undefined;
  readonly route?: string | undefined;
  readonly revision?: string | undefined;
  /** `refused`, a kind of failure of an upstream, `client-gone`, or undefined where all went well. */
  readonly outcome?: string | undefined;
  /** The trace that it belongs to, where the client sent one (W3C trace context). */
  readonly trace?: string | undefined;
}
