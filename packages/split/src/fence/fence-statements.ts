import { quoteIdentifier, quoteLiteral, quoteTable } from '@banyan/postgres';
import { type Statement, statements } from '../plan/action.ts';
import { quotedSchema } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan, type SplitTable, tablesAt } from '../plan/split-plan.ts';
import { sendSignalSql } from '../signal/signal.ts';

/**
 * How the fence of a side behaves: `closed` refuses every write, `lapsing` does so until a moment on the server's clock, so
 * that a split whose process died gives the tables back by itself, and `open` lets everything pass.
 */
export type FenceMode =
  | { readonly kind: 'closed' | 'open' }
  | { readonly kind: 'lapsing' /** Seconds since 1970, by the server's clock. */; readonly until: number };

/** SQLSTATE of a refused write: object not in prerequisite state. */
export const refusedState = '55000';

/** Set to `on` by who only tries whether a side takes writes, and goes elsewhere where it does not: no refusal to count. */
export const triesSetting = 'banyan.tries';

/** The function that decides about a write. Replacing it needs no lock on the tables, so an open fence is open at once. */
export function fenceFunction(plan: SplitPlan, side: SideName, mode: FenceMode): Statement[] {
  const pass = "if tg_op = 'DELETE' then return old; end if; return new;";
  const refuse =
    `if current_setting('${triesSetting}', true) is distinct from 'on' then ` +
    `perform nextval(${quoteLiteral(`${quotedSchema(plan)}.refusals`)}); end if;\n` +
    `  raise exception using errcode = ${quoteLiteral(refusedState)}, message = ${sentence(plan, side)}, ` +
    `hint = ${quoteLiteral(`banyan split status ${plan.name}`)};`;
  const closed = `${letOthersRowsPass(plan, pass)}${refuse}`;
  const body = {
    open: pass,
    closed,
    lapsing:
      mode.kind === 'lapsing'
        ? `if clock_timestamp() >= to_timestamp(${mode.until}) then ${pass} end if;\n  ${closed}`
        : '',
  }[mode.kind];
  // Of the definer, because a writer need have no right on the counter.
  return statements(
    side,
    `create or replace function ${fenceName(plan)}() returns trigger language plpgsql security definer\n` +
      `set search_path = pg_catalog as $fence$\ndeclare moved bool := false;\nbegin\n  ${body}\nend $fence$`,
  );
}

/** Of a table of which only some rows move, the others are nobody's business here: their trigger knows the condition. */
function letOthersRowsPass({ tables }: SplitPlan, pass: string): string {
  if (tables.every(({ where }) => where === undefined)) return '';
  const look = (row: string) => `execute tg_argv[0] into moved using ${row};`;
  return (
    `if tg_level = 'ROW' and tg_nargs > 0 then\n    if tg_op <> 'INSERT' then ${look('old')} end if;\n` +
    `    if tg_op <> 'DELETE' and not moved then ${look('new')} end if;\n    if not moved then ${pass} end if;\n  end if;\n  `
  );
}

/** Asks of a row, given as $1, whether it is one of those that move. */
function isMovedSql({ name, where }: SplitTable): string {
  const table = quoteIdentifier(name.slice(name.indexOf('.') + 1));
  return `select exists (select from (select ($1).*) ${table} where (${where}))`;
}

function sentence(plan: SplitPlan, side: SideName): string {
  return `tg_table_schema || '.' || tg_table_name || ${quoteLiteral(` ${whyRefused(plan, side)} This copy is read-only.`)}`;
}

function whyRefused({ service, name, keep }: SplitPlan, side: SideName): string {
  if (side === 'source') return `belongs to the service ${service} since the split ${name}: write there.`;
  return keep === undefined
    ? `still belongs to the monolith: the split ${name} has not given it to ${service} yet.`
    : `belongs to the monolith: the split ${name} keeps a copy of it for ${service}. Write there.`;
}

function fenceName(plan: SplitPlan): string {
  return `${quotedSchema(plan)}.refuse`;
}

/**
 * Puts the fence on the tables. A statement that changes nothing is refused as well, and so is TRUNCATE; the second trigger is
 * for rows that reach a partition through its parent. Applied changes of a feed pass, because its workers are replicas.
 */
export function createFence(plan: SplitPlan, side: SideName): Statement[] {
  return statements(
    side,
    ...tablesAt(plan, side).flatMap((table) => {
      const name = quoteTable(table.name);
      // A statement may be over rows that stay.
      const writes = table.where === undefined ? 'insert or update or delete or truncate' : 'truncate';
      return [
        `create or replace trigger banyan_fence before ${writes} on ${name} ` +
          `for each statement execute function ${fenceName(plan)}()`,
        rowFence(plan, table),
      ];
    }),
  );
}

/** The part of the fence that is asked for each row. */
export function rowFence(plan: SplitPlan, table: SplitTable, writes = 'insert or update or delete'): string {
  const condition = table.where === undefined ? '' : quoteLiteral(isMovedSql(table));
  return (
    `create or replace trigger banyan_fence_rows before ${writes} on ${quoteTable(table.name)} ` +
    `for each row execute function ${fenceName(plan)}(${condition})`
  );
}

/**
 * The statements that fence the owner, sent as one message so that no client can fall asleep between them. The lock waits for
 * every transaction that has written the tables, prepared ones too, and keeps new ones waiting; therefore it waits for moments
 * only. The signal is committed with the fence: it comes after every write of the tables, and nothing of theirs comes after it.
 */
export function raiseFence(
  plan: SplitPlan,
  side: SideName,
  how: { readonly until: number; readonly lockMs: number; readonly token: string },
): Statement[] {
  const tables = tablesAt(plan, side)
    .map(({ name }) => `only ${quoteTable(name)}`)
    .join(', ');
  return [
    ...statements(
      side,
      'begin isolation level read committed',
      `set local statement_timeout = ${Math.trunc(how.lockMs)}`,
      `lock table ${tables} in share row exclusive mode`,
      'set local statement_timeout = 10000',
      'set local synchronous_commit = on',
    ),
    ...fenceFunction(plan, side, { kind: 'lapsing', until: how.until }),
    ...createFence(plan, side),
    ...statements(
      side,
      sendSignalSql(plan, otherSide(side), how.token),
      'select pg_current_wal_insert_lsn()::text as position',
      'commit',
    ),
  ];
}

/** Takes the fence off the tables; the function goes with the schema. */
export function dropFence(plan: SplitPlan, side: SideName): Statement[] {
  return statements(
    side,
    ...tablesAt(plan, side).flatMap(({ name }) => [
      `drop trigger if exists banyan_fence on ${quoteTable(name)}`,
      `drop trigger if exists banyan_fence_rows on ${quoteTable(name)}`,
    ]),
  );
}
