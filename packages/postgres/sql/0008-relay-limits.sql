-- As before, and bounded by events and by bytes too: what is moved at once holds the lock of the log, must fit into the partitions that are
-- there, and has to be one value. `waiting` is how many were found, or `at_most` where there may be more.
create or replace function :"schema".relay_outbox(at_most integer, out waiting integer, out at_position bigint)
language plpgsql
as $$
declare
  ids bigint[] := '{}';
  taken bigint[];
  batch jsonb;
  commands text[];
  times timestamptz[];
  low bigint;
  one record;
  events bigint := 0;
  bytes bigint := 0;
  oldest cursor for
    select o.id, pg_column_size(o.append #> '{}') as bytes,
      (select sum(jsonb_array_length(part -> 'e')) from jsonb_array_elements(o.append) as part) as events
    from :"schema".outbox o where o.id > low order by o.id limit at_most;
begin
  -- Before the lock, because it may take longer while the floor can not be raised.
  select floor into low from :"schema".outbox_floor;
  waiting := 0;
  -- One by one, because to measure a large one it has to be unpacked.
  open oldest;
  loop
    fetch oldest into one;
    exit when not found;
    events := events + one.events;
    bytes := bytes + one.bytes;
    if waiting > 0 and (events > 10000 or bytes > 16 * 1024 * 1024) then
      waiting := at_most;
      exit;
    end if;
    ids := ids || one.id;
    waiting := waiting + 1;
  end loop;
  close oldest;
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
