/**
 * Whether a session `a` of `pg_stat_activity` is that of another client who is at work. Of the sessions of other roles a role without
 * pg_monitor sees only whether they have a transaction, which then counts as work.
 */
export const isAtWorkSql = `(
  a.pid <> pg_backend_pid() and (
    a.backend_type = 'client backend' and a.state = 'active'
    or a.backend_type is null and a.usesysid is not null and a.pid in (select pid from pg_locks where locktype = 'virtualxid')))`;
