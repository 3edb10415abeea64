import type pg from 'pg';

const beatSql = "select pg_logical_emit_message(true, 'banyan', 'heartbeat')";

/**
 * Writes a message into the source's log at intervals, so that a slot over quiet tables moves on and pins nothing, and does
 * `alongside` with it.
 */
export function startHeartbeat(
  pool: pg.Pool,
  everyMs: number,
  alongside: () => Promise<unknown>,
): Disposable {
  let beating = false;
  const beat = async () => {
    if (beating) return;
    beating = true;
    try {
      await pool.query(beatSql);
      await alongside();
    } catch {
      // Failing does no harm: reading says what is wrong with the source.
    }
    beating = false;
  };
  void beat();
  const timer = setInterval(beat, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
