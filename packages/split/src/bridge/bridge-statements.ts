import { quoteIdentifier, quoteLiteral, quoteTable } from '@banyan/postgres';
import { type Statement, statements } from '../plan/action.ts';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { type BridgeAddress, optionsText } from './bridge-address.ts';
import { bridgeName, countsBefore, foreignTable, numberName, quotedBridge } from './bridge-names.ts';
import type { BridgedColumn, BridgedTable, BridgeFacts } from './read-bridge-facts.ts';

/** Makes everything that the old names are turned to; nobody uses it yet. The users' mappings are made apart, for their passwords. */
export function createBridge(plan: SplitPlan, facts: BridgeFacts, address: BridgeAddress): Statement[] {
  const schema = quotedBridge(plan);
  const owners = [...new Set(facts.map(({ owner }) => owner))];
  return [
    ...statements('target', `create schema ${schema}`),
    ...numbers(facts).flatMap(({ sequence }, place) =>
      createNumberAtTarget(plan, place, sequence!, address.user),
    ),
    ...statements('target', `grant usage on schema ${schema} to ${quoteIdentifier(address.user)}`),
    ...statements(
      'source',
      `create schema ${schema}`,
      `create table ${countsBefore(plan)} (role oid, statement bigint, calls numeric, primary key (role, statement))`,
      ...owners.map((owner) => `grant usage, create on schema ${schema} to ${quoteIdentifier(owner)}`),
      `create extension if not exists postgres_fdw with schema ${schema}`,
      `create server ${schema} foreign data wrapper postgres_fdw ${optionsText({
        ...address.server,
        // Tells at the new owner who of the old one's clients it is.
        application_name: `${applicationPrefix(plan)}%u|%a`,
        use_remote_estimate: 'true',
        batch_size: '100',
      })}`,
    ),
    ...numbers(facts).flatMap(({ owner }, place) => createNumberAtSource(plan, place, owner)),
    ...facts.flatMap((table) => createForeignTable(plan, facts, table)),
  ];
}

/** What the sessions of a bridge are called at the new owner; role and application of the old one's client follow. */
export function applicationPrefix({ name }: Pick<SplitPlan, 'name'>): string {
  return `banyan|${name}|`;
}

interface NumberedColumn extends BridgedColumn {
  readonly table: string;
  readonly owner: string;
}

function numbers(facts: BridgeFacts): NumberedColumn[] {
  return facts.flatMap(({ name, owner, columns }) =>
    columns.filter(({ sequence }) => sequence !== null).map((column) => ({ ...column, table: name, owner })),
  );
}

/** Runs with our rights, so that the bridge's role needs none on the sequence. */
function createNumberAtTarget(plan: SplitPlan, place: number, sequence: string, user: string): Statement[] {
  const name = numberName(plan, place);
  return statements(
    'target',
    `create function ${name}() returns bigint language sql volatile security definer set search_path = pg_catalog ` +
      `as ${quoteLiteral(`select nextval(${quoteLiteral(sequence)})`)}`,
    `create view ${name} as select ${name}() as value`,
    `grant select on ${name} to ${quoteIdentifier(user)}`,
  );
}

function createNumberAtSource(plan: SplitPlan, place: number, owner: string): Statement[] {
  const name = numberName(plan, place);
  const to = quoteIdentifier(owner);
  return statements(
    'source',
    `create foreign table ${name} (value bigint) server ${quotedBridge(plan)} options (schema_name ${quoteLiteral(bridgeName(plan))})`,
    `alter foreign table ${name} owner to ${to}`,
    `create function ${name}() returns bigint language sql volatile security definer set search_path = pg_catalog ` +
      `as ${quoteLiteral(`select value from ${name}`)}`,
    `alter function ${name}() owner to ${to}`,
  );
}

function createForeignTable(plan: SplitPlan, facts: BridgeFacts, table: BridgedTable): Statement[] {
  const [schema, plain] = [
    table.name.slice(0, table.name.indexOf('.')),
    table.name.slice(table.name.indexOf('.') + 1),
  ];
  const places = numbers(facts);
  const columns = table.columns.map((column) => {
    const place = places.findIndex((one) => one.table === table.name && one.name === column.name);
    return columnText(column, place < 0 ? undefined : `${numberName(plan, place)}()`);
  });
  const name = foreignTable(plan, table);
  return statements(
    'source',
    `create foreign table ${name} (${columns.join(', ')}) server ${quotedBridge(plan)} ` +
      optionsText({ schema_name: schema, table_name: plain }),
    `alter foreign table ${name} owner to ${quoteIdentifier(table.owner)}`,
  );
}

function columnText(column: BridgedColumn, next: string | undefined): string {
  const collation = column.collation === null ? '' : ` collate ${column.collation}`;
  const filled =
    column.generated !== ''
      ? ` generated always as (${column.default}) ${column.generated === 's' ? 'stored' : 'virtual'}`
      : next !== undefined
        ? ` default ${next}`
        : column.default === null
          ? ''
          : ` default ${column.default}`;
  return `${quoteIdentifier(column.name)} ${column.type}${collation}${filled}`;
}

/** Lets the owner of the views under the old names through the bridge, whoever uses them. The text has the password. */
export function createMappings(plan: SplitPlan, facts: BridgeFacts, address: BridgeAddress): Statement[] {
  const owners = new Map(facts.map(({ owner, ownerIsSuperuser }) => [owner, ownerIsSuperuser]));
  return [...owners].flatMap(([owner, isSuperuser]) => {
    const secret: Record<string, string> =
      address.password === undefined ? {} : { password: address.password };
    const open: Record<string, string> =
      isSuperuser || address.password !== undefined ? {} : { password_required: 'false' };
    return statements(
      'source',
      `create user mapping for ${quoteIdentifier(owner)} server ${quotedBridge(plan)} ` +
        optionsText({ user: address.user, ...secret, ...open }),
    );
  });
}

/**
 * Turns the old names to where the tables are: to the new owner, or back to the tables beside them. A replaced view keeps its rights and
 * what depends on it; whoever waits for it reads it anew.
 */
export function turnNames(plan: SplitPlan, facts: BridgeFacts, to: SideName): Statement[] {
  return facts.flatMap((table) => {
    const columns = table.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
    const [invoker, from] =
      to === 'target' ? ['false', foreignTable(plan, table)] : ['true', quoteTable(table.name)];
    return statements(
      'source',
      `create or replace view ${quoteTable(table.oldName)} with (security_invoker = ${invoker}) as select ${columns} from ${from}`,
    );
  });
}

/** Takes the bridge down; it fails where an old name is turned to it still. May be repeated. */
export function dropBridge(plan: SplitPlan): Statement[] {
  const schema = quotedBridge(plan);
  const tables = plan.tables.map((table) => `drop foreign table if exists ${foreignTable(plan, table)}`);
  return [
    ...statements('source', ...tables, dropNumbers(plan), `drop server if exists ${schema} cascade`),
    ...statements(
      'source',
      dropExtension(plan),
      `drop table if exists ${countsBefore(plan)}`,
      `drop schema if exists ${schema}`,
    ),
    ...statements('target', `drop schema if exists ${schema} cascade`),
  ];
}

function dropNumbers(plan: SplitPlan): string {
  return `do $$ declare name text; begin
    for name in select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ${quoteLiteral(bridgeName(plan))} and c.relkind = 'f' and c.relname like 'next\\_%' loop
      execute 'drop function ' || name || '()';
      execute 'drop foreign table ' || name;
    end loop;
  end $$`;
}

/** The extension goes when this bridge brought it and nobody else uses it; otherwise it is left to those who do. */
function dropExtension(plan: SplitPlan): string {
  return `do $$ declare other text; begin
    if not exists (select from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      where e.extname = 'postgres_fdw' and n.nspname = ${quoteLiteral(bridgeName(plan))}) then return; end if;
    select case when s.srvname ~ '^banyan_bridge_' then s.srvname else 'public' end into other
    from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw where w.fdwname = 'postgres_fdw' order by 1 limit 1;
    if other is null then drop extension postgres_fdw; else execute format('alter extension postgres_fdw set schema %I', other); end if;
  end $$`;
}
