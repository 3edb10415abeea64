import type { Ask } from './session.ts';

/** Who uses the database now. */
export interface SessionFacts {
  readonly clients: readonly ClientFacts[];
  /** Transactions that have been open for longer than a short while. */
  readonly transactions: readonly TransactionFacts[];
  readonly prepared: readonly PreparedFacts[];
}

/** Sessions of one user under one application name. */
export interface ClientFacts {
  readonly user: string;
  readonly application: string;
  readonly connections: number;
  /** The tables of the plan that the user may write. */
  readonly mayWrite: readonly string[];
  /** How many of the sessions said LISTEN last. */
  readonly listening: number;
}

export interface TransactionFacts {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly seconds: number;
}

export interface PreparedFacts {
  readonly id: string;
  readonly owner: string;
  readonly seconds: number;
}

/** Our own sessions are named for us, and a feed's for the split that it is of. */
const others = `datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
  and application_name !~ '^banyan(-| split_)'`;

const clientsSql = `
  select coalesce(s.usename::text, '') as user, s.application_name as application, count(*)::int as connections,
    array(select name from unnest($1::text[], $2::text[]) as t(name, quoted)
      where to_regclass(quoted) is not null
        and has_table_privilege(s.usesysid, to_regclass(quoted), 'insert, update, delete') order by 1) as "mayWrite",
    count(*) filter (where s.query ~* '^\\s*listen\\y')::int as listening
  from pg_stat_activity s where ${others} group by s.usename, s.usesysid, s.application_name order by 1, 2`;

const transactionsSql = `
  select pid, coalesce(usename::text, '') as user, application_name as application, state,
    extract(epoch from clock_timestamp() - xact_start)::float8 as seconds
  from pg_stat_activity where ${others} and xact_start < clock_timestamp() - $1 * interval '1 second' order by xact_start`;

const preparedSql = `
  select gid as id, owner::text as owner, extract(epoch from clock_timestamp() - prepared)::float8 as seconds
  from pg_prepared_xacts where database = current_database() order by prepared`;

/** Who is connected, and whose transactions are open for longer than `longSeconds`. */
export async function readSessions(
  ask: Ask,
  tables: readonly { readonly name: string; readonly quoted: string }[],
  longSeconds: number,
): Promise<SessionFacts> {
  const values = [tables.map(({ name }) => name), tables.map(({ quoted }) => quoted)];
  return {
    clients: await ask<ClientFacts>(clientsSql, values),
    transactions: await ask<TransactionFacts>(transactionsSql, [longSeconds]),
    prepared: await ask<PreparedFacts>(preparedSql),
  };
}
