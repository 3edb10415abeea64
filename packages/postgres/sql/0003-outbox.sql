-- Private: appends that joined a transaction of their caller and wait for a relay to move them into the log. Such a transaction may stay
-- open for as long as it likes, so it must not hold the lock of the log.
create table :"schema".outbox (
  id bigint generated always as identity primary key,
  -- One append as append() takes it, that expects nothing.
  append jsonb not null,
  command_id text,
  written_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Private: what could not be moved because a stream was closed in the meantime. For a person to look at.
create table :"schema".outbox_refused (
  id bigint primary key,
  append jsonb not null,
  command_id text,
  written_at timestamptz not null,
  stream_id text not null,
  refused_at timestamptz not null default clock_timestamp()
);

-- Puts an append into the outbox within the caller's transaction. Gives the streams that are closed; then it has written nothing.
create function :"schema".append_within(append jsonb, command_id text) returns table (stream_id text, version integer)
language plpgsql
as $$
begin
  return query select part ->> 's', now.version
    from jsonb_array_elements(append) as part cross join lateral :"schema".stream_now(part ->> 's') as now where now.closed;
  if not found then
    insert into :"schema".outbox (append, command_id) values (append_within.append, append_within.command_id);
    -- Sent when the caller commits; equal ones of one transaction once.
    perform pg_notify('banyan_outbox', :'schema');
  end if;
end
$$;

-- Private: from where on to look in the outbox. An old snapshot (a dump, a report) keeps the rows of what was moved from being cleared away, and
-- looking past them all again and again would take longer and longer.
create table :"schema".outbox_floor (
  single boolean primary key default true check (single),
  -- What was written up to this id was moved, or never will be there.
  floor bigint not null default 0,
  -- The same holds up to this id when these transactions have ended and what they committed was moved.
  next_floor bigint,
  writers text[],
  looked_at timestamptz not null default '-infinity'
);
insert into :"schema".outbox_floor default values;

-- The transactions of others that may write into the outbox: whoever takes an id holds this lock before, until it has ended. The one that
-- was prepared for a commit in two phases is called otherwise from then on.
create function :"schema".outbox_writers() returns setof text
language sql
as $$
  select virtualtransaction from pg_locks
  where locktype = 'relation' and mode = 'RowExclusiveLock' and pid is distinct from pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())
    and relation = format('%I.outbox', :'schema')::regclass
$$;

-- Raises the floor as far as it can be, about once a second. Every statement has a snapshot of its own.
create function :"schema".raise_outbox_floor() returns void
language plpgsql
as $$
declare
  state record;
  taken bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    return;
  end if;
  select * into state from :"schema".outbox_floor;
  select case when is_called then last_value else 0 end into taken from :"schema".outbox_id_seq;
  if state.looked_at > clock_timestamp() - interval '1 second' or (state.next_floor is null and taken = state.floor) then
    return;
  end if;
  select * into state from :"schema".outbox_floor for update skip locked;
  if not found then
    return;
  end if;

  if state.next_floor is not null
    and not exists (select from :"schema".outbox_writers() as w where w = any(state.writers) or w like '-1/%')
  then
    -- After the writers have ended, so that it sees what they committed.
    perform from :"schema".outbox where id > state.floor and id <= state.next_floor limit 1;
    if not found then
      state.floor := state.next_floor;
      state.next_floor := null;
    end if;
  end if;
  if state.next_floor is null then
    select case when is_called then last_value else 0 end into state.next_floor from :"schema".outbox_id_seq;
    -- After the id: who took one up to there and has not ended is among them.
    state.writers := array(select :"schema".outbox_writers());
  end if;
  update :"schema".outbox_floor
  set floor = state.floor, next_floor = nullif(state.next_floor, state.floor), writers = state.writers, looked_at = clock_timestamp();
end
$$;

-- Moves what is committed in the outbox into the log, once, the oldest `at_most` of it. Any number of relays may call it at once. Ids are
-- given in the order of writing, so a transaction's appends keep theirs, and what was written after seeing another's commit comes after it.
create function :"schema".relay_outbox(at_most integer, out waiting integer, out at_position bigint)
language plpgsql
as $$
declare
  ids bigint[];
  taken bigint[];
  batch jsonb;
  commands text[];
  times timestamptz[];
  low bigint;
begin
  -- Before the lock, because it may take longer while the floor can not be raised.
  select floor into low from :"schema".outbox_floor;
  ids := array(select id from :"schema".outbox where id > low order by id limit at_most);
  waiting := cardinality(ids);
  if waiting < at_most then
    perform :"schema".raise_outbox_floor();
  end if;
  if waiting = 0 then
    return;
  end if;
  perform :"schema".lock_log();
  with gone as (
    delete from :"schema".outbox where id = any(ids) returning *
  )
  select array_agg(id order by id), jsonb_agg(append order by id), array_agg(command_id order by id), array_agg(written_at order by id)
  into taken, batch, commands, times from gone;
  if taken is null then
    return;
  end if;
  with appended as materialized (
    select * from :"schema".append(batch, commands)
  ),
  refused as (
    insert into :"schema".outbox_refused (id, append, command_id, written_at, stream_id)
    select taken[a.append], batch -> (a.append - 1), commands[a.append], times[a.append], batch -> (a.append - 1) -> (a.stream - 1) ->> 's'
    from appended a where a.at_position is null
  )
  select max(a.at_position) into at_position from appended a;
end
$$;
