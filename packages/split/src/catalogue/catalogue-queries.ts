/** Schemas that are somebody's, not the server's. */
const owned = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
/** Rights in order, and those that an owner has without a word said in the same words. */
const rights = (acl: string, kind: string, owner: string) =>
  `(select string_agg(x::text, ',' order by x::text) from unnest(coalesce(${acl}, acldefault(${kind}, ${owner}))) x)`;
const relation = (oid: string) => `${oid}::regclass`;

const schemas = `
  select format('schema %s owner %s rights %s', nspname, pg_get_userbyid(nspowner), ${rights('nspacl', `'n'`, 'nspowner')}) as line from pg_namespace n where ${owned}`;

const relations = `
  select format('relation %s kind %s owner %s rights %s options %s identity %s persistence %s row security %s %s of %s bound %s access %s',
    ${relation('c.oid')}, c.relkind, pg_get_userbyid(c.relowner),
    ${rights('c.relacl', `case c.relkind when 'S' then 's' else 'r' end::"char"`, 'c.relowner')}, c.reloptions, c.relreplident, c.relpersistence,
    c.relrowsecurity, c.relforcerowsecurity, c.reloftype::regtype, pg_get_expr(c.relpartbound, c.oid), c.relam) as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${owned}`;

const parents = `
  select format('parent of %s is %s', ${relation('i.inhrelid')}, ${relation('i.inhparent')}) as line from pg_inherits i`;

const columns = `
  select format('column %s.%s place %s type %s null %s default %s identity %s generated %s storage %s rights %s options %s statistics %s collation %s',
    ${relation('c.oid')}, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstorage,
    ${rights('a.attacl', `'c'`, 'c.relowner')}, a.attoptions, a.attstattarget,
    a.attcollation::regcollation) as line
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped and ${owned}`;

const constraints = `
  select format('constraint %s of %s is %s valid %s', k.conname, coalesce(${relation('nullif(k.conrelid, 0)')}::text, k.contypid::regtype::text),
    pg_get_constraintdef(k.oid), k.convalidated) as line
  from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${owned}`;

const indexes = `
  select format('index %s valid %s identity %s clustered %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisreplident, i.indisclustered) as line
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where ${owned}`;

/** The triggers of foreign keys are numbered; their constraint tells of them, and whether they fire is counted. */
const triggers = `
  select format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled) as line from pg_trigger t where not t.tgisinternal
  union all
  select format('inner triggers of %s enabled %s: %s', ${relation('t.tgrelid')}, t.tgenabled, count(*)) from pg_trigger t
  where t.tgisinternal group by t.tgrelid, t.tgenabled`;

const rules = `
  select format('rule %s enabled %s', pg_get_ruledef(r.oid), r.ev_enabled) as line
  from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace where ${owned}`;

const policies = `
  select format('policy %s of %s for %s permissive %s roles %s using %s check %s', p.polname, ${relation('p.polrelid')}, p.polcmd,
    p.polpermissive, array(select pg_get_userbyid(r) from unnest(p.polroles) r order by 1), pg_get_expr(p.polqual, p.polrelid),
    pg_get_expr(p.polwithcheck, p.polrelid)) as line from pg_policy p`;

const functions = `
  select format('function %s owner %s rights %s is %s', p.oid::regprocedure, pg_get_userbyid(p.proowner), ${rights('p.proacl', `'f'`, 'p.proowner')},
    case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) else p.prokind::text end) as line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${owned}`;

const types = `
  select format('type %s kind %s owner %s rights %s labels %s', t.oid::regtype, t.typtype, pg_get_userbyid(t.typowner), ${rights('t.typacl', `'T'`, 't.typowner')},
    array(select enumlabel from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)) as line
  from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${owned}`;

/** How a sequence counts, not how far it has come. */
const sequences = `
  select format('sequence %s type %s start %s by %s from %s to %s cache %s cycle %s owned by %s', ${relation('s.seqrelid')}, s.seqtypid::regtype,
    s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
    (select pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) from pg_depend d
     where d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.deptype in ('a', 'i') limit 1)) as line
  from pg_sequence s`;

const replication = `
  select format('publication %s owner %s all %s does %s %s %s %s root %s', pubname, pg_get_userbyid(pubowner), puballtables, pubinsert,
    pubupdate, pubdelete, pubtruncate, pubviaroot) as line from pg_publication
  union all
  select format('published by %s: %s.%s columns %s rows %s', pubname, schemaname, tablename, attnames, rowfilter) from pg_publication_tables
  union all
  select format('subscription %s enabled %s slot %s publications %s', subname, subenabled, subslotname, subpublications) from pg_subscription
  where subdbid = (select oid from pg_database where datname = current_database())
  union all
  select format('slot %s plugin %s', slot_name, plugin) from pg_replication_slots where database = current_database() and not temporary
  union all
  select format('prepared %s', gid) from pg_prepared_xacts where database = current_database()`;

const settings = `
  select format('setting of %s in %s: %s', case setrole when 0 then 'all' else pg_get_userbyid(setrole)::text end,
    case setdatabase when 0 then 'all' else 'this database' end, setconfig) as line
  from pg_db_role_setting where setdatabase in (0, (select oid from pg_database where datname = current_database()))
  union all
  select format('rights on the database %s', ${rights('datacl', `'d'`, 'datdba')}) from pg_database where datname = current_database()`;

/** Roles belong to the whole server, where others come and go: those count that something here belongs to or names. */
const roles = `
  select format('role %s login %s super %s replication %s bypass %s member of %s', r.rolname, r.rolcanlogin, r.rolsuper, r.rolreplication,
    r.rolbypassrls, array(select pg_get_userbyid(m.roleid) from pg_auth_members m where m.member = r.oid order by 1)) as line
  from pg_roles r where exists (select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid
    and d.dbid = (select oid from pg_database where datname = current_database()))`;

const others = `
  select format('extension %s version %s in %s', extname, extversion, extnamespace::regnamespace) as line from pg_extension
  union all
  select format('event trigger %s on %s enabled %s', evtname, evtevent, evtenabled) from pg_event_trigger
  union all
  select format('statistics %s', pg_get_statisticsobjdef(oid)) from pg_statistic_ext
  union all
  select format('foreign server %s %s', srvname, srvoptions) from pg_foreign_server
  union all
  select format('user mapping %s %s', srvname, usename) from pg_user_mappings
  union all
  select format('foreign table %s %s', ${relation('ftrelid')}, ftoptions) from pg_foreign_table
  union all
  select format('default rights of %s in %s on %s: %s', pg_get_userbyid(defaclrole), defaclnamespace::regnamespace, defaclobjtype, defaclacl)
  from pg_default_acl
  union all
  select format('comment on %s: %s', pg_describe_object(classoid, objoid, objsubid), description)
  from pg_description where objoid >= 16384 and classoid <> 'pg_proc'::regclass
  union all
  select format('large objects %s', count(*)) from pg_largeobject_metadata`;

/** One statement for each part of the catalogues; each gives lines. */
export const catalogueQueries: readonly string[] = [
  ...[
    schemas,
    relations,
    parents,
    columns,
    constraints,
    indexes,
    triggers,
    rules,
    policies,
    functions,
    types,
    sequences,
  ],
  ...[replication, settings, roles, others],
];
