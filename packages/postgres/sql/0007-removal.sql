-- Streams are closed, and events removed. What was removed stands in two places, which readers look at in the statement that reads:
-- streams.removed_to, the last version that was removed of a stream, and log.removed_to, the newest position that was removed at all.

-- Lets a stream take no more events. `expected` is as in append(). `outcome` is 'closed' where it is closed now or was before, else
-- 'unknown' or 'conflict'.
create function :"schema".close_stream(id text, expected integer, out version integer, out outcome text)
language plpgsql
as $$
declare
  found_stream record;
begin
  -- Each append is before it or after it.
  perform :"schema".lock_log();
  select * into found_stream from :"schema".stream_now(id);
  version := found_stream.version;
  outcome := case
    when found_stream.stream is null then 'unknown'
    when found_stream.closed or expected in (-1, -2) or expected = version then 'closed'
    else 'conflict'
  end;
  if outcome = 'closed' and not found_stream.closed then
    update :"schema".streams s set closed = true, closed_at = clock_timestamp() where s.stream_id = id;
  end if;
end
$$;

-- The last position up to which every event was recorded before a moment, found in as many steps as the positions have binary digits.
-- Where the server's clock was set back, it is near enough.
create function :"schema".position_before(moment timestamptz) returns bigint
language plpgsql stable
as $$
declare
  low bigint;
  high bigint;
  middle bigint;
  found_event record;
begin
  select coalesce(min(e.position), 1) - 1, coalesce(max(e.position), 0) into low, high from :"schema".events e;
  while low < high loop
    middle := low + (high - low + 1) / 2;
    select e.position, e.recorded_at into found_event from :"schema".events e where e.position >= middle order by e.position limit 1;
    if found and found_event.recorded_at < moment then
      low := found_event.position;
    else
      high := middle - 1;
    end if;
  end loop;
  return low;
end
$$;

-- Notes that events were removed: `tops` are the last versions that were removed of `ids`, `last` is the newest position. Gives how many of
-- the streams have no event left up to the position `up_to`.
create function :"schema".note_removed(ids text[], tops integer[], last bigint, up_to bigint) returns integer
language plpgsql
as $$
begin
  update :"schema".streams s set removed_to = greatest(s.removed_to, gone.top)
  from unnest(ids, tops) as gone (id, top) where s.stream_id = gone.id;
  update :"schema".log set removed_to = last where removed_to < last;
  with emptied as (
    update :"schema".streams s set emptied_at = clock_timestamp()
    where s.stream_id = any(ids) and s.closed and s.emptied_at is null
      and not exists (select from :"schema".events e where e.stream = s.stream and e.position >= s.stream)
    returning s.stream_id
  )
  -- Nobody will read it again. The snapshot of an open stream is now the only way to its state.
  delete from :"schema".snapshots using emptied where snapshots.stream_id = emptied.stream_id;
  return (
    select count(*)::integer from :"schema".streams s where s.stream_id = any(ids) and not exists (
      select from :"schema".events e where e.stream = s.stream and e.position >= s.stream and e.position <= up_to
    )
  );
end
$$;

-- Removes the oldest `at_most` events up to a position, and gives how many, and how many streams have now lost
-- all that they are to lose. Takes no lock that an append or a reader waits for.
create function :"schema".remove_oldest(up_to bigint, at_most integer, out removed integer, out streams integer)
language plpgsql
as $$
declare
  first bigint;
  last bigint;
  ids text[];
  tops integer[];
begin
  perform pg_advisory_xact_lock(hashtextextended('banyan removal ' || :'schema', 0));
  select min(e.position), max(e.position), count(*) into first, last, removed from (
    select position from :"schema".events where position <= up_to order by position limit at_most
  ) as e;
  streams := 0;
  if removed = 0 then
    return;
  end if;
  with gone as (
    delete from :"schema".events e where e.position >= first and e.position <= last returning e.stream_id, e.version
  ),
  tops_of as (
    select gone.stream_id, max(gone.version) as top from gone group by gone.stream_id
  )
  select array_agg(t.stream_id), array_agg(t.top) into ids, tops from tops_of t;
  streams := :"schema".note_removed(ids, tops, last, up_to);
end
$$;

-- As remove_oldest(), but of some streams only, each from its beginning on.
create function :"schema".remove_of_streams(of_streams text[], up_to bigint, at_most integer, out removed integer, out streams integer)
language plpgsql
as $$
declare
  positions bigint[];
  last bigint;
  ids text[];
  tops integer[];
begin
  perform pg_advisory_xact_lock(hashtextextended('banyan removal ' || :'schema', 0));
  with old as (
    select s.stream_id, e.position, e.version
    from :"schema".streams s
    cross join lateral (
      select position, version from :"schema".events e
      where e.stream = s.stream and e.position >= s.stream and e.position <= up_to order by e.version limit at_most
    ) as e
    where s.stream_id = any(of_streams) order by s.stream_id, e.version limit at_most
  ),
  by_stream as (
    select old.stream_id, max(old.version) as top, array_agg(old.position) as positions, max(old.position) as last
    from old group by old.stream_id
  ),
  flat as (
    select array_agg(p) as positions from by_stream cross join lateral unnest(by_stream.positions) as p
  )
  select array_agg(b.stream_id), array_agg(b.top), max(b.last), (select flat.positions from flat)
  into ids, tops, last, positions from by_stream b;
  removed := coalesce(cardinality(positions), 0);
  streams := 0;
  if removed = 0 then
    return;
  end if;
  delete from :"schema".events e where e.position = any(positions);
  streams := :"schema".note_removed(ids, tops, last, up_to);
end
$$;

-- Notes the events of a partition that is about to be detached as removed, of `at_most` streams after the one called `after_stream`. Gives the
-- last of these streams, null when there is none left; then the log is noted too, and nobody reads the partition any more without being told.
create function :"schema".note_detached(partition text, after_stream bigint, at_most integer) returns bigint
language plpgsql
as $$
declare
  last_stream bigint;
  last_position bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('banyan removal ' || :'schema', 0));
  execute format('with tops as materialized (
      select e.stream, min(e.stream_id) as stream_id, max(e.version) as top from %1$I.%2$I e
      where e.stream > $1 group by e.stream order by e.stream limit $2
    ),
    noted as (
      update %1$I.streams s set removed_to = greatest(s.removed_to, tops.top) from tops where s.stream_id = tops.stream_id
    )
    select max(stream) from tops', :'schema', partition) into last_stream using after_stream, at_most;
  if last_stream is null then
    execute format('select max(position) from %I.%I', :'schema', partition) into last_position;
    update :"schema".log set removed_to = last_position where removed_to < last_position;
  end if;
  return last_stream;
end
$$;

-- Notes which of some streams are closed and have no event left, however those went.
create function :"schema".note_emptied(of_streams text[]) returns void
language sql
as $$
  with emptied as (
    update :"schema".streams s set emptied_at = clock_timestamp()
    where s.stream_id = any(of_streams) and s.closed and s.emptied_at is null
      and not exists (select from :"schema".events e where e.stream = s.stream and e.position >= s.stream)
    returning s.stream_id
  )
  delete from :"schema".snapshots using emptied where snapshots.stream_id = emptied.stream_id
$$;
