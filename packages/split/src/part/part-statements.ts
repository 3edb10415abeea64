import { quoteIdentifier, quoteLiteral, quoteTable } from '@banyan/postgres';
import { bridgeAddress, optionsText } from '../bridge/bridge-address.ts';
import { triesSetting } from '../fence/fence-statements.ts';
import { addedColumns, backColumns, forthColumns, type Part, partSchema } from './part.ts';

const plainName = (table: string) => quoteIdentifier(table.slice(table.indexOf('.') + 1));
const list = (names: readonly string[]) => names.map(quoteIdentifier).join(', ');

/** How long a write waits for an owner that takes it while the owner is changed, in looks of 50 ms each. */
const looks = 200;

/** Everything but filling the new table: functions, the way to the target, triggers; run in one transaction. */
export function enterPartStatements(part: Part, columns: readonly PartedType[]): string[] {
  const schema = quoteIdentifier(partSchema(part));
  return [
    `create schema ${schema}`,
    'create extension if not exists postgres_fdw',
    ...foreignStatements(part, columns),
    forthFunction(part),
    backFunction(part),
    `create trigger banyan_part_forth after insert or update or delete on ${quoteTable(part.from)} for each row execute function ${schema}.forth()`,
    `create trigger banyan_part_empty after truncate on ${quoteTable(part.from)} for each statement execute function ${schema}.forth()`,
    `create trigger banyan_part_back after update on ${quoteTable(part.into)} for each row execute function ${schema}.back()`,
    // What comes back through the feed must reach the old columns too.
    `alter table ${quoteTable(part.into)} enable always trigger banyan_part_back`,
  ];
}

/** Takes all of it away. */
export function leavePartStatements(part: Part): string[] {
  return [
    `drop trigger if exists banyan_part_forth on ${quoteTable(part.from)}`,
    `drop trigger if exists banyan_part_empty on ${quoteTable(part.from)}`,
    `drop trigger if exists banyan_part_back on ${quoteTable(part.into)}`,
    `drop schema if exists ${quoteIdentifier(partSchema(part))} cascade`,
    ...serverNames(part).map((server) => `drop server if exists ${server} cascade`),
    `delete from only ${quoteTable(part.into)}`,
  ];
}

/** Takes the extension away that was not there before, unless somebody else uses it now. */
export const dropExtensionSql = `
  do $$ begin
    if not exists (select from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw where w.fdwname = 'postgres_fdw')
    then drop extension if exists postgres_fdw; end if;
  end $$`;

/** A column of the new table as the catalogue has it. */
export interface PartedType {
  readonly name: string;
  readonly type: string;
}

function serverNames(part: Part): readonly [there: string, look: string] {
  const name = partSchema(part);
  return [quoteIdentifier(name), quoteIdentifier(`${name}_look`)];
}

/**
 * The new table at the target, under two connections: a transaction sees what was there when it first asked, so it must not be the one
 * that writes which asks whether the target takes writes yet.
 */
function foreignStatements(part: Part, columns: readonly PartedType[]): string[] {
  const schema = quoteIdentifier(partSchema(part));
  const { server, user, password } = bridgeAddress(part.reach);
  const named = { ...server, application_name: `banyan-part ${part.name}` };
  const login = { user, ...(password === undefined ? {} : { password }) };
  const [at, table] = part.into.split(/\.(.*)/s) as [string, string];
  const types = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(', ');
  return serverNames(part).flatMap((name, index) => [
    `create server ${name} foreign data wrapper postgres_fdw ${optionsText(named)}`,
    `create user mapping for current_user server ${name} ${optionsText(login)}`,
    `create foreign table ${schema}.${index === 0 ? 'there' : 'look'} (${types}) server ${name} ` +
      optionsText({ schema_name: at, table_name: table }),
  ]);
}

/**
 * Carries a change of the old table's row to the new one: here while the fence lets it, at the target once that takes writes, and in
 * between it waits. That it is fenced is told by SQLSTATE 55000; once the split is finished the table here is gone.
 */
function forthFunction(part: Part): string {
  const schema = quoteIdentifier(partSchema(part));
  const isThere = quoteLiteral(`banyan.part_${part.name}`);
  const read = (row: 'old' | 'new', into: string) =>
    `select ${forthColumns(part)
      .map(([name, sql]) => `${sql} as ${quoteIdentifier(name)}`)
      .join(', ')} into ${into} from (select ${row}.*) ${plainName(part.from)}`;
  const refused = 'object_not_in_prerequisite_state or undefined_table';
  return `create function ${schema}.forth() returns trigger language plpgsql security definer
set search_path = pg_catalog as $forth$
declare
  was record; later record; looks int := 0; look bool;
begin
  if current_setting('banyan.parting', true) = 'on' then return null; end if;
  if tg_op in ('UPDATE', 'DELETE') then ${read('old', 'was')}; end if;
  if tg_op in ('INSERT', 'UPDATE') then ${read('new', 'later')}; end if;
  if tg_op = 'UPDATE' then
    if was is not distinct from later then return null; end if;
  end if;
  loop
    begin
      perform set_config('${triesSetting}', 'on', true);
      ${writes(part, quoteTable(part.into))}
      perform set_config('${triesSetting}', 'off', true);
      return null;
    exception when ${refused} then null;
    end;
    begin
      look := current_setting(${isThere}, true) is distinct from 'on';
      ${writes(part, `${schema}.there`, `${schema}.look`)}
      perform set_config(${isThere}, 'on', true);
      return null;
    exception when ${refused} then
      if looks >= ${looks} then raise; end if;
    end;
    looks := looks + 1;
    perform pg_sleep(0.05);
  end loop;
end $forth$`;
}

/**
 * Whether this transaction goes on seeing what was there when it began: then it does not see a row that was filled in since. To insert
 * what is there unseen is refused with 40001, so that it is repeated.
 */
const keepsSnapshot = `current_setting('transaction_isolation') in ('repeatable read', 'serializable')`;

/**
 * The write for each kind of change. A row that is not here yet is not filled in yet, and if its key changes it may never be: so it is
 * made. Before the write, where asked for, a statement that changes nothing and is refused as a write would be.
 */
function writes(part: Part, relation: string, probe?: string): string {
  const names = forthColumns(part).map(([name]) => name);
  const keys = Object.values(part.key);
  const added = addedColumns(part);
  const at = (row: string) => keys.map((key) => `${quoteIdentifier(key)} = ${row}.${quoteIdentifier(key)}`);
  const set = names.map((name) => {
    const column = quoteIdentifier(name);
    const value = added.includes(name)
      ? `there.${column} + (later.${column} - was.${column})`
      : `later.${column}`;
    return `${column} = ${value}`;
  });
  const look = (row: string) =>
    probe === undefined
      ? ''
      : `if look then update ${probe} set parted = parted where parted < 0 and ${at(row).join(' and ')}; end if; `;
  const insert = (row: string) =>
    `insert into ${relation} (${list(names)}, parted)
        values (${names.map((name) => `${row}.${quoteIdentifier(name)}`).join(', ')}, 1)`;
  const remove = `delete from ${relation} where ${at('was').join(' and ')}`;
  const isHere = probe === undefined;
  return `if tg_op = 'INSERT' then ${look('later')}${insert('later')};
      elsif tg_op = 'UPDATE' then ${look('was')}update ${relation} as there set ${set.join(', ')}, parted = parted + 1
        where ${at('was').join(' and ')};
        ${isHere ? `if not found then ${insert('later')} on conflict do nothing; end if;` : ''}
      elsif tg_op = 'DELETE' then ${look('was')}${remove};
        ${isHere ? `if not found and ${keepsSnapshot} then ${insert('was')} on conflict do nothing; ${remove}; end if;` : ''}
      else delete from ${relation};
      end if;`;
}

/**
 * Carries a change of the new table's row that did not come from the old one back to it, whether it was made here or came through the
 * feed. A version that came from the old one is told by its number.
 */
function backFunction(part: Part): string {
  const schema = quoteIdentifier(partSchema(part));
  const back = backColumns(part);
  const computed = Object.values(part.columns).flatMap((column) =>
    typeof column === 'object' && 'back' in column ? Object.entries(column.back) : [],
  );
  const plain = Object.entries(part.columns).flatMap(([name, column]) =>
    typeof column === 'string' ? [name] : [],
  );
  const will = [
    ...plain.map((name) => quoteIdentifier(name)),
    ...computed.map(([old, sql]) => `(${sql}) as ${quoteIdentifier(`back ${old}`)}`),
  ];
  const at = Object.entries(part.key).map(
    ([old, name]) => `${quoteIdentifier(old)} = old.${quoteIdentifier(name)}`,
  );
  const set = back.map(([name, sql]) => `${quoteIdentifier(name)} = ${sql}`);
  return `create function ${schema}.back() returns trigger language plpgsql security definer
set search_path = pg_catalog as $back$
declare
  will record;
begin
  if new.parted <> old.parted then return null; end if;
  select ${will.length === 0 ? 'true as "none"' : will.join(', ')} into will from (select new.*) ${plainName(part.into)};
  perform set_config('banyan.parting', 'on', true);
  update only ${quoteTable(part.from)} set ${set.join(', ')} where ${at.join(' and ')};
  perform set_config('banyan.parting', 'off', true);
  return null;
end $back$`;
}

/** Copies the rows of one range of keys that are not there yet; their writers wait meanwhile, and nobody else. */
export function fillStatement(part: Part, range: string): string {
  const columns = forthColumns(part);
  return (
    `insert into ${quoteTable(part.into)} (${list(columns.map(([name]) => name))}, parted) ` +
    `select ${columns.map(([, sql]) => sql).join(', ')}, 1 from (select * from only ${quoteTable(part.from)} ` +
    `where ${range} for no key update) ${plainName(part.from)} on conflict do nothing`
  );
}

/** How many rows there are, and how many of them are not the same in both tables, or in one only. */
export function comparePartSql(part: Part): string {
  const columns = forthColumns(part);
  const names = list(columns.map(([name]) => name));
  const on = Object.values(part.key).map((key) => `a.${quoteIdentifier(key)} = b.${quoteIdentifier(key)}`);
  return (
    `with a as (select ${columns.map(([name, sql]) => `${sql} as ${quoteIdentifier(name)}`).join(', ')}, true as here from only ${quoteTable(part.from)}), ` +
    `b as (select ${names}, true as here from only ${quoteTable(part.into)}) ` +
    `select count(*)::float8 as compared, (count(*) filter (where a is distinct from b))::float8 as different ` +
    `from a full join b on ${on.join(' and ')}`
  );
}
