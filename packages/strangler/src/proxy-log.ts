/** Something about the proxy itself that a person may want to know. Requests are not logged here. */
export interface ProxyLogLine {
  readonly level: 'info' | 'warn' | 'error';
  /** Stable name: `routes-changed`, `routes-refused`, `breaker-open`, `breaker-closed`, `evidence-refused`, ... */
  readonly event: string;
  readonly message: string;
}

/** Where such lines go. */
export type ProxyLog = (line: ProxyLogLine) => void;
