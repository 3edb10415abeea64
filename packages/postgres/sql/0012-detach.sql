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
