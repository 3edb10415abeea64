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
begin
  -- Before the lock: while an old snapshot keeps dead rows from being cleared away, this may take longer.
  ids := array(select id from :"schema".outbox order by id limit at_most);
  waiting := cardinality(ids);
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
