import { quoteIdentifier, quoteLiteral, quoteTable } from '@banyan/postgres';
import type { SeamStage } from './seam-stage.ts';

/** A change and what takes it back. */
export interface Change {
  readonly sql: string;
  readonly undo?: string;
  /** A check of all rows that belongs to the undo, done after it, without holding up writers. */
  readonly validate?: string;
}

/** What the catalogue says of the tables and keys of a stage. */
export interface StageFacts {
  readonly roleExists: boolean;
  readonly tables: readonly StagedTable[];
  readonly foreignKeys: readonly StagedKey[];
}

export interface StagedTable {
  readonly name: string;
  readonly owner: string;
  /** Rights on the table and its columns, by role. */
  readonly grants: readonly { readonly role: string; readonly what: string; readonly withGrant: boolean }[];
}

export interface StagedKey {
  readonly table: string;
  readonly constraint: string;
  readonly definition: string;
  readonly validated: boolean;
  readonly comment: string | null;
}

/** Every change of a stage, in order, each with its undo. The undoes are run in the opposite order. */
export function stageChanges(stage: SeamStage, facts: StageFacts): readonly Change[] {
  const schema = quoteIdentifier(stage.schema);
  return [
    { sql: `create schema ${schema}`, undo: `drop schema ${schema}` },
    ...facts.foreignKeys.map(dropKey),
    ...facts.tables.flatMap((table) => moveTable(stage, table)),
    ...roleChanges(stage, facts),
  ];
}

function dropKey({ table, constraint, definition, validated, comment }: StagedKey): Change {
  const [on, named] = [quoteTable(table), quoteIdentifier(constraint)];
  const remark =
    comment === null ? '' : `; comment on constraint ${named} on ${on} is ${quoteLiteral(comment)}`;
  const loose = validated ? ' not valid' : '';
  return {
    sql: `alter table ${on} drop constraint ${named}`,
    undo: `alter table ${on} add constraint ${named} ${definition}${loose}${remark}`,
    ...(validated ? { validate: `alter table ${on} validate constraint ${named}` } : {}),
  };
}

function moveTable({ schema, views = true }: SeamStage, { name, owner, grants }: StagedTable): Change[] {
  const [old, plain] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
  const moved = quoteTable(`${schema}.${plain}`);
  const move = {
    sql: `alter table ${quoteTable(name)} set schema ${quoteIdentifier(schema)}`,
    undo: `alter table ${moved} set schema ${quoteIdentifier(old)}`,
  };
  if (!views) return [move];
  const view = quoteTable(name);
  const readers = [...new Set([owner, ...grants.map(({ role }) => role)])];
  return [
    move,
    // Row security goes on to look at who asks.
    {
      sql: `create view ${view} with (security_invoker = true) as select * from ${moved}`,
      undo: `drop view ${view}`,
    },
    { sql: `alter view ${view} owner to ${quoteIdentifier(owner)}` },
    ...grants.map(({ role, what, withGrant }) => ({
      sql: `grant ${what} on ${view} to ${roleText(role)}${withGrant ? ' with grant option' : ''}`,
    })),
    ...readers.map((role) => usage(schema, role)),
  ];
}

function roleChanges({ role, schema, tables }: SeamStage, { roleExists }: StageFacts): Change[] {
  if (role === undefined) return [];
  const quoted = quoteIdentifier(role);
  const moved = tables.map((name) => quoteTable(`${schema}.${name.slice(name.indexOf('.') + 1)}`)).join(', ');
  return [
    ...(roleExists ? [] : [{ sql: `create role ${quoted} login`, undo: `drop role ${quoted}` }]),
    usage(schema, role),
    {
      sql: `grant select, insert, update, delete on ${moved} to ${quoted}`,
      undo: `revoke select, insert, update, delete on ${moved} from ${quoted}`,
    },
    {
      sql: `grant usage on all sequences in schema ${quoteIdentifier(schema)} to ${quoted}`,
      undo: `revoke usage on all sequences in schema ${quoteIdentifier(schema)} from ${quoted}`,
    },
  ];
}

function usage(schema: string, role: string): Change {
  const [named, to] = [quoteIdentifier(schema), roleText(role)];
  return {
    sql: `grant usage on schema ${named} to ${to}`,
    undo: `revoke usage on schema ${named} from ${to}`,
  };
}

function roleText(role: string): string {
  return role === 'public' ? role : quoteIdentifier(role);
}
