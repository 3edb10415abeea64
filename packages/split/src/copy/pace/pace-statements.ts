import { quotedSchema } from '../../plan/names.ts';
import type { SplitPlan } from '../../plan/split-plan.ts';

type Named = Pick<SplitPlan, 'name'>;

/** Until when rows that are copied wait, at the target. */
function paceTable(plan: Named): string {
  return `${quotedSchema(plan)}.pace`;
}

/**
 * What lets a copy wait: a worker that is given no rows can't be told to rest, but what it inserts is checked, and while the check waits
 * the source's server can't send. It looks again each time, so it waits for no longer than it was told last, whoever has died.
 */
export function createPace(plan: Named): string[] {
  const table = paceTable(plan);
  return [
    `create table if not exists ${table} (one bool primary key default true check (one), until timestamptz not null)`,
    `insert into ${table} (until) values ('-infinity') on conflict do nothing`,
    `create or replace function ${quotedSchema(plan)}.wait() returns bool language plpgsql set search_path = pg_catalog as $wait$
begin
  while exists (select from ${table} where until > clock_timestamp()) loop perform pg_sleep(0.05); end loop;
  return true;
end $wait$`,
  ];
}

const constraint = 'banyan_pace';

/** Looks at one row of a thousand, which costs next to nothing. */
export function addPace(plan: Named, quoted: string): string {
  return `alter table only ${quoted} add constraint ${constraint} check (pg_catalog.random() >= 0.001 or ${quotedSchema(plan)}.wait()) no inherit`;
}

/** Takes the check off a table. */
export function dropPace(quoted: string): string {
  return `alter table only ${quoted} drop constraint ${constraint}`;
}

/** Lets rows wait from now on for so long, in milliseconds, by the server's clock. */
export function pauseFor(plan: Named, ms: number): string {
  return `update ${paceTable(plan)} set until = clock_timestamp() + interval '${Math.trunc(ms)} ms'`;
}
