import type { Missing, SurveyDatabase } from './database.ts';
import { codeOf, refusal, sqlstate } from './refusal.ts';

const factsSql = `
  select quote_ident(current_user) as role, current_setting('wal_level') as "walLevel", pg_is_in_recovery() as "isStandby",
    current_setting('max_replication_slots')::int as slots,
    (select string_agg(quote_ident(slot_name), ', ' order by slot_name) from pg_replication_slots where not active) as idle`;

interface Facts {
  readonly role: string;
  readonly walLevel: string;
  readonly isStandby: boolean;
  readonly slots: number;
  /** Slots that nobody reads at the moment. */
  readonly idle: string | null;
}

const what = 'which tables are written in one transaction (--watch)';

export const pooled: Missing = {
  what,
  why: 'a pooler lends its sessions here, and a slot would outlive the survey in one of them',
  remedy: 'give the address of the server itself',
};

/** Part of the log was not read, or the end of it. */
export function unwatched(error: unknown, which: 'part of the time' | 'the rest of the time'): Missing {
  return refusal(`${what} during ${which}`, error);
}

/** Why no slot could be made, and what would let it. */
export async function whyNotWatched(database: SurveyDatabase, error: unknown): Promise<Missing> {
  const [facts] = await database.query<Facts>(factsSql).catch(() => []);
  return refusal(what, error, facts && remedyFor(codeOf(error), facts));
}

function remedyFor(code: string, { role, walLevel, isStandby, slots, idle }: Facts): string | undefined {
  switch (code) {
    case sqlstate.noRight:
      return `run 'alter role ${role} replication', or grant it the role that a provider has for this`;
    case sqlstate.noFile:
      return 'install the test_decoding plug-in, which comes with the contrib package of PostgreSQL';
    case sqlstate.limitReached:
      return `raise max_replication_slots, which is ${slots}, and restart${idle === null ? '' : `, or drop a slot that nobody reads: ${idle}`}`;
    case sqlstate.tookTooLong:
      return isStandby
        ? 'watch the primary'
        : 'see that no transaction stays open for long, and survey again';
    case sqlstate.notPrepared:
    case sqlstate.notSupported:
      if (walLevel !== 'logical')
        return `set wal_level = logical${isStandby ? ' at the primary' : ''}, which is ${walLevel}, and restart the server`;
      if (slots === 0) return 'set max_replication_slots = 10, which is 0, and restart the server';
      return isStandby ? 'watch the primary' : undefined;
    default:
      return undefined;
  }
}
