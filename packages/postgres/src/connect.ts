import pg from 'pg';

/** Bounds of a connection pool. */
export interface ConnectOptions {
  /** Connections at most, default 10. */
  readonly max?: number;
  /** What the server lists the connections under, default `banyan`. */
  readonly applicationName?: string;
}

/**
 * A pool of connections; opens none before the first query. A caller waits 10 s at most for a connection; idle ones are closed after 30 s.
 * What is short (appends, pages of events, leases) is given up when it is not answered within 30 s; `query_timeout` of the pool's options
 * is another limit, for all statements.
 */
export function connect(url: string, options: ConnectOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'banyan',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // The system's own default is two hours.
    keepAliveInitialDelayMillis: 10_000,
    // A process with nothing else to do may end.
    allowExitOnIdle: true,
  });
  // A connection that breaks is told of by the next statement or replaced by the pool; unheard, the event would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
