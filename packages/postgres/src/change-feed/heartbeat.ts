import type pg from 'pg';

/** Writes a message into the source's log at intervals, so that a slot over quiet tables moves on and pins nothing. */
export function startHeartbeat(pool: pg.Pool, everyMs: number): Disposable {
  const beat = () => {
    // Failing does no harm: reading says what is wrong with the source.
    pool.query("select pg_logical_emit_message(true, 'banyan', 'heartbeat')").catch(() => undefined);
  };
  beat();
  const timer = setInterval(beat, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
