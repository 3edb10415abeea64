import { randomUUID } from 'node:crypto';
import { quotedSchema } from '../plan/names.ts';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import type { Key } from './range-statements.ts';

/** Up to where everything was equal: the table to go on in, after a key of it or from its beginning. */
export interface ResumePoint<Counts> {
  readonly table: string;
  /** The columns and the key of the table then; with others it is compared from its beginning. */
  readonly shape: string;
  readonly after: Key | undefined;
  /** Everything that was counted until then. */
  readonly counts: Counts;
}

/** Keeps how far a comparison is, so that one that is interrupted can be gone on with. */
export interface VerifyJournal<Counts> {
  /** Where an earlier comparison was interrupted. */
  readonly from: ResumePoint<Counts> | undefined;
  keep(point: ResumePoint<Counts>): Promise<void>;
  /** The comparison has come to its end, whatever it found. */
  forget(): Promise<void>;
}

/** What a comparison may be gone on with. */
export interface JournalOptions {
  /** The side whose rows are the truth. */
  readonly owner: SideName;
  /** Names the time since the owner changed last: what was found equal before says nothing. */
  readonly epoch: string;
  /** Begins anew whatever there is. Default false. */
  readonly again?: boolean;
  /** How long ago an interrupted comparison may have begun, in milliseconds. Default 24 hours. */
  readonly freshMs?: number;
}

const day = 24 * 60 * 60 * 1000;

interface Kept<Counts> {
  readonly [column: string]: unknown;
  readonly epoch: string;
  readonly fresh: boolean;
  readonly point: ResumePoint<Counts> | null;
}

/** Opens the journal, which is one row of a table in the split's schema at the target: the monolith's server has no part in it. */
export async function openJournal<Counts>(
  sides: Sides,
  plan: SplitPlan,
  { owner, epoch, again = false, freshMs = day }: JournalOptions,
): Promise<VerifyJournal<Counts>> {
  const { pool } = sides.target;
  const table = `${quotedSchema(plan)}.verifying`;
  await ask(
    pool,
    `select pg_advisory_xact_lock(hashtext('${table.replaceAll("'", "''")}'));
     create table if not exists ${table} (
       owner text primary key, run text not null, epoch text not null, begun_at timestamptz not null, point jsonb)`,
  );
  const run = randomUUID();
  const [kept] = await ask<Kept<Counts>>(
    pool,
    `select epoch, point, begun_at > now() - make_interval(secs => $2) as fresh from ${table} where owner = $1`,
    [owner, freshMs / 1000],
  );
  const from = !again && kept?.fresh && kept.epoch === epoch ? (kept.point ?? undefined) : undefined;
  // Of two at a time the later one keeps where it is.
  await ask(
    pool,
    `insert into ${table} as kept values ($1, $2, $3, now(), null) on conflict (owner) do update set run = excluded.run,
       epoch = excluded.epoch, begun_at = case when $4 then kept.begun_at else now() end, point = case when $4 then kept.point end`,
    [owner, run, epoch, from !== undefined],
  );
  return {
    from,
    // A crash of the server may forget the last of them: then a little is compared twice.
    async keep(point) {
      await ask(
        pool,
        `with quick as (select set_config('synchronous_commit', 'off', true))
         update ${table} set point = $3 from quick where owner = $1 and run = $2`,
        [owner, run, JSON.stringify(point)],
      );
    },
    async forget() {
      await ask(pool, `delete from ${table} where owner = $1 and run = $2`, [owner, run]);
    },
  };
}
