-- Private: the results of appends with a command id, so that a command that comes again gets them. Written under the log's lock.
create table :"schema".commands (
  command_id text collate "C" primary key,
  -- The new version of each stream of the append, in its order.
  versions bigint[] not null,
  position bigint not null,
  recorded_at timestamptz not null default clock_timestamp()
);

-- For forgetting the oldest.
create index commands_recorded_at on :"schema".commands (recorded_at);

drop function :"schema".append(jsonb);
drop function :"schema".append_distinct(jsonb);

-- Appends a batch of independent appends. `batch` is an array of appends; an append is an array of
--   { "s": stream, "x": expected version (-1 any, -2 present), "e": [{ "t": type, "v": schema version, "d": data, "m": metadata }] }
-- `commands` are the command ids of the appends, null where one has none; null as a whole where none has.
-- Gives a row for each stream of each append: its new version and last position, or, where the append's expectation does not hold, one
-- row for the stream that was not as expected, with the version it is at and no position. Such an append writes nothing; the others do.
-- Where the command id was seen before, the rows are those of the first time and say so.
create function :"schema".append(batch jsonb, commands text[])
returns table (append integer, stream integer, at_version bigint, at_position bigint, repeated boolean)
language plpgsql
as $$
declare
  item jsonb;
  part jsonb;
  item_number bigint;
  part_number bigint;
  current_version bigint;
  expected bigint;
  holds boolean;
  written bigint;
  versions bigint[];
begin
  -- Held until the commit is visible: whoever reads position n has seen, or will never see, everything before n. Every statement
  -- below has a snapshot of its own, taken after the lock.
  perform pg_advisory_xact_lock(hashtextextended('banyan events ' || :'schema', 0));

  for item, item_number in select * from jsonb_array_elements(batch) with ordinality loop
    if commands[item_number] is not null then
      return query select item_number::integer, v.n::integer, v.version, c.position, true
        from :"schema".commands c cross join lateral unnest(c.versions) with ordinality as v (version, n)
        where c.command_id = commands[item_number];
      continue when found;
    end if;

    holds := true;
    for part, part_number in select * from jsonb_array_elements(item) with ordinality loop
      select coalesce(max(e.version), 0) into current_version from :"schema".events e where e.stream_id = part ->> 's';
      expected := (part ->> 'x')::bigint;
      holds := expected = -1 or (expected = -2 and current_version > 0) or expected = current_version;
      if not holds then
        return query select item_number::integer, part_number::integer, current_version, null::bigint, false;
        exit;
      end if;
    end loop;
    continue when not holds;

    versions := '{}';
    for part, part_number in select * from jsonb_array_elements(item) with ordinality loop
      select coalesce(max(e.version), 0) into current_version from :"schema".events e where e.stream_id = part ->> 's';
      insert into :"schema".events (position, stream_id, version, type, schema_version, data, metadata)
      select nextval(:'sequence'), part ->> 's', current_version + n, e ->> 't', (e ->> 'v')::integer, e -> 'd', e -> 'm'
      from jsonb_array_elements(part -> 'e') with ordinality as given (e, n);
      get diagnostics written = row_count;
      versions := versions || (current_version + written);
      return query select item_number::integer, part_number::integer, current_version + written, currval(:'sequence'), false;
    end loop;
    if commands[item_number] is not null then
      insert into :"schema".commands (command_id, versions, position)
      values (commands[item_number], versions, currval(:'sequence'));
    end if;
  end loop;

  -- Equal notifications of one transaction are sent once.
  perform pg_notify('banyan_events', :'schema');
end
$$;

-- As append(), for a batch whose appends have one stream each, no stream and no command id twice: then no append depends on another and
-- all are checked and written by one statement. Whoever calls it makes sure of that; the unique constraints catch it if not.
create function :"schema".append_distinct(batch jsonb, commands text[])
returns table (append integer, stream integer, at_version bigint, at_position bigint, repeated boolean)
language plpgsql
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('banyan events ' || :'schema', 0));

  if commands is null then
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
    select j.n::integer, 1, coalesce(ends.version, j.version), ends.position, false
    from judged j left join ends on ends.stream_id = j.stream_id;
  else
    return query
    with given as materialized (
      select n, item -> 0 ->> 's' as stream_id, (item -> 0 ->> 'x')::bigint as expected, item -> 0 -> 'e' as events,
        coalesce((select e.version from :"schema".events e where e.stream_id = item -> 0 ->> 's'
                  order by e.version desc limit 1), 0) as version,
        commands[n] as command_id, c.versions as first_versions, c.position as first_position
      from jsonb_array_elements(batch) with ordinality as g (item, n)
      left join :"schema".commands c on c.command_id = commands[n]
    ),
    judged as materialized (
      select *, first_position is null and (expected = -1 or (expected = -2 and version > 0) or expected = version) as holds from given
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
    ),
    remembered as (
      insert into :"schema".commands (command_id, versions, position)
      select j.command_id, array[ends.version], ends.position
      from judged j join ends on ends.stream_id = j.stream_id where j.command_id is not null
    )
    select j.n::integer, coalesce(f.number::integer, 1), coalesce(f.version, ends.version, j.version),
      coalesce(j.first_position, ends.position), j.first_position is not null
    from judged j
    left join ends on ends.stream_id = j.stream_id
    left join lateral unnest(j.first_versions) with ordinality as f (version, number) on true;
  end if;

  perform pg_notify('banyan_events', :'schema');
end
$$;

-- Forgets some command ids that are older than `age`; gives how many. Off the hot path, without the log's lock.
create function :"schema".forget_commands(age interval, at_most integer) returns integer
language sql
as $$
  with oldest as (
    select command_id from :"schema".commands where recorded_at < clock_timestamp() - age
    order by recorded_at limit at_most for update skip locked
  ),
  forgotten as (
    delete from :"schema".commands c using oldest where c.command_id = oldest.command_id returning 1
  )
  select count(*)::integer from forgotten
$$;
