-- As append(), for a batch whose appends have one stream each, no stream twice: then no append depends on another and all are checked
-- and written by one statement. Whoever calls it makes sure of that; the unique constraint catches it if not.
create function :"schema".append_distinct(batch jsonb)
returns table (append integer, stream integer, at_version bigint, at_position bigint)
language plpgsql
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('banyan events ' || :'schema', 0));

  return query
  with given as materialized (
    select n, item -> 0 ->> 's' as stream_id, (item -> 0 ->> 'x')::bigint as expected, item -> 0 -> 'e' as events,
      coalesce((select e.version from :"schema".events e where e.stream_id = item -> 0 ->> 's'
                order by e.version desc limit 1), 0) as version
    from jsonb_array_elements(batch) with ordinality as g (item, n)
  ),
  judged as materialized (
    select *, expected = -1 or (expected = -2 and version > 0) or expected = version as holds from given
  ),
  written as (
    insert into :"schema".events (position, stream_id, version, type, schema_version, data, metadata)
    select nextval(:'sequence'), ordered.* from (
      select j.stream_id, j.version + e.number, e.event ->> 't', (e.event ->> 'v')::integer, e.event -> 'd', e.event -> 'm'
      from judged j cross join lateral jsonb_array_elements(j.events) with ordinality as e (event, number)
      where j.holds order by j.n, e.number
    ) as ordered
    returning stream_id, version, position
  ),
  ends as (
    select w.stream_id, max(w.version) as version, max(w.position) as position from written w group by w.stream_id
  )
  select j.n::integer, 1, coalesce(ends.version, j.version), ends.position
  from judged j left join ends on ends.stream_id = j.stream_id;

  perform pg_notify('banyan_events', :'schema');
end
$$;
