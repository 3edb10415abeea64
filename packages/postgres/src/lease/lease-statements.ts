import { quoteIdentifier, quoteLiteral } from '../quote-identifier.ts';

/** The channel that says in which group a lease was acquired or released. */
export const leaseChannel = 'banyan_leases';

/** The statements over one schema's table of leases. Time is the server's: the clocks of processes may differ. */
export function leaseStatements(schema: string) {
  const table = `${quoteIdentifier(schema)}.leases`;
  const columns = 'group_name, name, holder, epoch';
  const notify = `pg_notify('${leaseChannel}', ${quoteLiteral(`${schema}.`)} || l.group_name)`;
  const soon = `clock_timestamp() + $4::double precision * interval '1 millisecond'`;
  // Leases are given as arrays of their parts.
  const given = `unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as given (group_name, name, holder, epoch)`;
  const isGiven = `l.group_name = given.group_name and l.name = given.name and l.holder = given.holder and l.epoch = given.epoch`;
  return {
    acquire: `insert into ${table} as l (${columns}, expires_at) values ($1, $2, $3, 1, ${soon})
      on conflict (group_name, name) do update set
        holder = excluded.holder, epoch = l.epoch + 1, expires_at = excluded.expires_at
      where l.holder is null or l.expires_at <= clock_timestamp()
      returning ${columns}, ${notify}`,
    // In the order of the keys, so that two who renew and release many do not wait for each other in a circle.
    renew: `with mine as (
        select l.group_name, l.name from ${table} l join ${given} on ${isGiven}
        order by l.group_name, l.name for update of l)
      update ${table} l set expires_at = clock_timestamp() + $5::double precision * interval '1 millisecond'
      from mine where l.group_name = mine.group_name and l.name = mine.name
      returning l.group_name, l.name, l.holder, l.epoch`,
    release: `with mine as (
        select l.group_name, l.name from ${table} l join ${given} on ${isGiven}
        order by l.group_name, l.name for update of l)
      update ${table} l set holder = null, expires_at = '-infinity'
      from mine where l.group_name = mine.group_name and l.name = mine.name
      returning ${notify}`,
    holder: `select ${columns} from ${table}
      where group_name = $1 and name = $2 and holder is not null and expires_at > clock_timestamp()`,
    held: `select ${columns} from ${table}
      where group_name = $1 and holder is not null and expires_at > clock_timestamp() order by name`,
  };
}

/** SQL that holds while a lease is the newest: its group, name, holder and epoch are the parameters from `$first` on. */
export function leaseIsCurrent(schema: string, first: number): string {
  const [group, name, holder, epoch] = [0, 1, 2, 3].map((offset) => `$${first + offset}`);
  return `(${group}::text is null or exists (
    select from ${quoteIdentifier(schema)}.leases l
    where l.group_name = ${group} and l.name = ${name}::text and l.holder = ${holder}::text and l.epoch = ${epoch}::bigint))`;
}
