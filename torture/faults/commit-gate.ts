import type { Candidate } from '../candidates/candidate.ts';
import { connectTo, query } from '../run/query.ts';

/** The key of the lock that commits wait at. */
const gateKey = 471_117;

/**
 * Puts a deferred trigger on the candidate's table, so that a transaction does all its work and then, at its commit, waits (labels that
 * begin with `hold`) or fails (labels that begin with `abort`). Whose code the append goes through does not matter.
 */
export async function installCommitGate({ tables }: Candidate, url: string): Promise<void> {
  await query(
    url,
    `create function torture_gate() returns trigger language plpgsql as $$
      begin
        if ${tables.newLabel} like 'abort%' then raise exception 'aborted on purpose'; end if;
        if ${tables.newLabel} like 'hold%' then perform pg_advisory_xact_lock_shared(${gateKey}); end if;
        return null;
      end $$;
    create constraint trigger torture_gate after insert on ${tables.events}
      deferrable initially deferred for each row execute function torture_gate();`,
  );
}

/** A closed gate; nobody gets past it before it is opened. */
export interface ClosedGate extends AsyncDisposable {
  /** Sessions that wait for any lock, at the gate or elsewhere. */
  waiting(): Promise<number>;
  /** Sessions that wait at the gate. */
  held(): Promise<number>;
  open(): Promise<void>;
}

/** Closes the gate of a database. */
export async function closeGate(url: string): Promise<ClosedGate> {
  const client = await connectTo(url);
  await client.query('select pg_advisory_lock($1)', [gateKey]);
  const count = async (condition: string) => {
    const sql = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and ${condition}`;
    return (await client.query<{ n: number }>(sql)).rows[0]!.n;
  };
  return {
    waiting: () => count('true'),
    held: () =>
      count(
        `pid in (select pid from pg_locks where locktype = 'advisory' and objid = ${gateKey} and not granted)`,
      ),
    open: async () => void (await client.query('select pg_advisory_unlock_all()')),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
