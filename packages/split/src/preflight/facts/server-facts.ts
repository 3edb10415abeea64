import type { Ask } from './session.ts';

/** An extension, its version and its schema. */
export interface ExtensionFacts {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
}

/** What a server and one of its databases are, and what our role may do there. */
export interface ServerFacts {
  /** As in `server_version_num`: 180001. */
  readonly version: number;
  readonly database: string;
  readonly role: string;
  /** The same for every database of one server, and for no other server. */
  readonly systemId: string;
  readonly isStandby: boolean;
  readonly encoding: string;
  /** Provider, rules of order and of letters, as one text to compare. */
  readonly collation: string;
  /** `max_slot_wal_keep_size` in bytes; -1 is without a limit. */
  readonly walKept: number;
  /** `max_worker_processes`, and how many logical replication may use. */
  readonly workers: { readonly processes: number; readonly replication: number; readonly busy: number };
  readonly rights: {
    readonly superuser: boolean;
    readonly bypassRowSecurity: boolean;
    /** Sees what others' sessions do. */
    readonly monitor: boolean;
    /** May end others' sessions. */
    readonly signal: boolean;
    /** May make a subscription. */
    readonly subscribe: boolean;
    /** May write rows as a server's own replication does, past triggers. */
    readonly replicate: boolean;
    readonly create: boolean;
  };
  readonly extensions: readonly ExtensionFacts[];
  /** Names of the extensions whose files are on the server. */
  readonly available: readonly string[];
  readonly largeObjects: boolean;
  /** Event triggers, which may refuse or change statements on tables. */
  readonly eventTriggers: readonly string[];
  readonly slots: readonly SlotFacts[];
}

/** A replication slot of the whole server. */
export interface SlotFacts {
  readonly name: string;
  readonly database: string | null;
  readonly active: boolean;
  /** Bytes of the log that the server keeps for it. */
  readonly retained: number;
}

/** The database's collation is named differently by each version. */
const serverSql = `
  select current_setting('server_version_num')::int as version, d.datname as database, current_user::text as role,
    (select system_identifier::text from pg_control_system()) as "systemId", pg_is_in_recovery() as "isStandby",
    pg_encoding_to_char(d.encoding) as encoding,
    concat_ws(' ', case d.datlocprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
      coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datcollate), d.datctype) as collation,
    (select case when setting::float8 < 0 then -1 else setting::float8 * 1048576 end
     from pg_settings where name = 'max_slot_wal_keep_size') as "walKept",
    json_build_object('processes', current_setting('max_worker_processes')::int,
      'replication', current_setting('max_logical_replication_workers')::int,
      'busy', (select count(*)::int from pg_stat_subscription where pid is not null)) as workers,
    json_build_object('superuser', r.rolsuper, 'bypassRowSecurity', r.rolsuper or r.rolbypassrls,
      'monitor', r.rolsuper or pg_has_role(current_user, 'pg_read_all_stats', 'usage'),
      'signal', r.rolsuper or pg_has_role(current_user, 'pg_signal_backend', 'usage'),
      'subscribe', r.rolsuper or exists (select from pg_roles s where s.rolname = 'pg_create_subscription'
        and pg_has_role(current_user, s.oid, 'usage')),
      'replicate', has_parameter_privilege('session_replication_role', 'set'),
      'create', has_database_privilege(d.oid, 'create')) as rights,
    (select coalesce(json_agg(json_build_object('name', e.extname, 'version', e.extversion, 'schema', n.nspname)
       order by e.extname), '[]')
     from pg_extension e join pg_namespace n on n.oid = e.extnamespace) as extensions,
    array(select a.name::text from pg_available_extensions a order by 1) as available,
    exists (select from pg_largeobject_metadata) as "largeObjects",
    array(select e.evtname::text from pg_event_trigger e where e.evtenabled <> 'D' and not exists (
      select from pg_depend p where p.objid = e.oid and p.classid = 'pg_event_trigger'::regclass and p.deptype = 'e')
      order by 1) as "eventTriggers",
    (select coalesce(json_agg(json_build_object('name', s.slot_name, 'database', s.database, 'active', s.active,
       'retained', coalesce(pg_wal_lsn_diff(
         case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, s.restart_lsn), 0)
       ) order by s.slot_name), '[]') from pg_replication_slots s where not s.temporary) as slots
  from pg_database d, pg_roles r where d.datname = current_database() and r.rolname = current_user`;

/** Reads what the server is. */
export async function readServer(ask: Ask): Promise<ServerFacts> {
  const [row] = await ask<ServerFacts>(serverSql);
  return row!;
}
