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

-- Appends a batch of independent appends. `batch` is an array of appends; an append is an array of
--   { "s": stream, "x": expected version (-1 any, -2 present), "e": [{ "t": type, "v": schema version, "d": data, "m": metadata }] }
-- `commands` are the command ids of the appends, null where one has none; null as a whole where none has.
-- Gives a row for each stream of each append: its new version and last position. `outcome` is null for what was appended, 'repeated' where
-- the command id was seen before and the rows are those of the first time. Where an append is refused there is one row, for the stream
-- that is not as expected ('conflict') or closed ('closed'), with the version it is at and no position. Such an append writes nothing;
-- the others do.
-- Does nothing but the statements that it needs, because a caller who appends alone waits for each of them.
create function :"schema".append(batch jsonb, commands text[])
returns table (append integer, stream integer, at_version integer, at_position bigint, outcome text)
language plpgsql
as $$
declare
  item jsonb;
  part jsonb;
  id text;
  expected integer;
  -- Of one stream, and of all of an append: its key, null where it is not there, and its version.
  key bigint;
  version integer;
  is_closed boolean;
  keys bigint[];
  versions integer[];
  given jsonb;
  first jsonb;
begin
  -- Every statement below has a snapshot of its own, taken after the lock.
  perform :"schema".lock_log();
  for item_number in 1 .. jsonb_array_length(batch) loop
    append := item_number;
    item := batch -> (append - 1);
    if commands is not null and commands[append] is not null then
      return query select append, v.n::integer, v.version::integer, c.position, 'repeated'
        from :"schema".commands c cross join lateral unnest(c.versions) with ordinality as v (version, n)
        where c.command_id = commands[append];
      continue when found;
    end if;

    outcome := null;
    keys := '{}';
    versions := '{}';
    for part_number in 1 .. jsonb_array_length(item) loop
      stream := part_number;
      part := item -> (stream - 1);
      id := part ->> 's';
      expected := (part -> 'x')::integer;
      select s.stream, s.closed into key, is_closed from :"schema".streams s where s.stream_id = id;
      if found then
        select e.version into version from :"schema".events e where e.stream = key and e.position >= key order by e.version desc limit 1;
        -- Looked up after the events, because removing them waits for no lock of ours and writes both at once.
        if version is null then
          select s.removed_to into version from :"schema".streams s where s.stream_id = id;
        end if;
      else
        version := 0;
      end if;
      outcome := case
        when is_closed then 'closed'
        when expected = -1 or (expected = -2 and version > 0) or expected = version then null
        else 'conflict'
      end;
      if outcome is not null then
        at_version := version;
        at_position := null;
        return next;
        exit;
      end if;
      keys[stream] := key;
      versions[stream] := version;
    end loop;
    continue when outcome is not null;

    for part_number in 1 .. jsonb_array_length(item) loop
      stream := part_number;
      part := item -> (stream - 1);
      id := part ->> 's';
      key := keys[stream];
      at_position := nextval(:'sequence');
      if key is null then
        key := at_position;
        insert into :"schema".streams (stream_id, stream) values (id, key);
      end if;
      given := part -> 'e';
      at_version := versions[stream] + jsonb_array_length(given);
      first := given -> 0;
      insert into :"schema".events (position, stream, version, schema_version, stream_id, type, data, metadata)
      values (at_position, key, versions[stream] + 1, (first -> 'v')::integer, id, first ->> 't', first -> 'd', first -> 'm');
      if jsonb_array_length(given) > 1 then
        insert into :"schema".events (position, stream, version, schema_version, stream_id, type, data, metadata)
        select nextval(:'sequence'), key, versions[stream] + n, (e -> 'v')::integer, id, e ->> 't', e -> 'd', e -> 'm'
        from jsonb_array_elements(given) with ordinality as events (e, n) where n > 1;
        at_position := currval(:'sequence');
      end if;
      versions[stream] := at_version;
      return next;
    end loop;
    if commands is not null and commands[append] is not null then
      insert into :"schema".commands (command_id, versions, position) values (commands[append], versions, at_position);
    end if;
  end loop;

  -- Equal notifications of one transaction are sent once.
  perform pg_notify('banyan_events', :'schema');
end
$$;

-- As append(), for a batch whose appends have one stream each, no stream and no command id twice: then no append depends on another and
-- all are checked and written by one statement. Whoever calls it makes sure of that; the unique constraints catch it if not.
-- `batch` is an array of what is in append()'s arrays.
create function :"schema".append_distinct(batch jsonb, commands text[])
returns table (append integer, stream integer, at_version integer, at_position bigint, outcome text)
language plpgsql
as $$
begin
  perform :"schema".lock_log();

  return query
  with given as materialized (
    select n, part ->> 's' as stream_id, (part ->> 'x')::integer as expected, part -> 'e' as events,
      s.stream, coalesce(s.closed, false) as closed, coalesce(newest.version, s.removed_to, 0) as version
    from jsonb_array_elements(batch) with ordinality as g (part, n)
    -- The limits keep the planner from joining the whole table while it believes it to be small.
    left join lateral (
      select * from :"schema".streams s where s.stream_id = part ->> 's' limit 1
    ) as s on true
    left join lateral (
      select e.version from :"schema".events e where e.stream = s.stream and e.position >= s.stream order by e.version desc limit 1
    ) as newest on true
  ),
  judged as materialized (
    select *, case
        when closed then 'closed'
        when expected = -1 or (expected = -2 and version > 0) or expected = version then null
        else 'conflict'
      end as refusal
    from given
  ),
  numbered as materialized (
    select *, nextval(:'sequence') as position from (
      select j.n, j.stream_id, j.stream, j.version + e.number as version, e.number, e.event,
        e.number = jsonb_array_length(j.events) as last
      from judged j cross join lateral jsonb_array_elements(j.events) with ordinality as e (event, number)
      where j.refusal is null order by j.n, e.number
    ) as ordered
  ),
  begun as (
    insert into :"schema".streams (stream_id, stream)
    select e.stream_id, e.position from numbered e where e.number = 1 and e.stream is null
  ),
  written as (
    insert into :"schema".events (position, stream, version, schema_version, stream_id, type, data, metadata)
    -- The positions of one append follow each other, because nobody else takes any.
    select e.position, coalesce(e.stream, e.position - e.number + 1), e.version, (e.event ->> 'v')::integer,
      e.stream_id, e.event ->> 't', e.event -> 'd', e.event -> 'm'
    from numbered e
  )
  select j.n::integer, 1, coalesce(e.version, j.version)::integer, e.position, j.refusal
  from judged j left join numbered e on e.n = j.n and e.last;

  perform pg_notify('banyan_events', :'schema');
end
$$;

-- As append_distinct(), for appends some of which have a command id.
create function :"schema".append_commands(batch jsonb, commands text[])
returns table (append integer, stream integer, at_version integer, at_position bigint, outcome text)
language plpgsql
as $$
declare
  fresh bigint[];
begin
  perform :"schema".lock_log();

  return query
  select g.n::integer, v.n::integer, v.version::integer, c.position, 'repeated'
  from unnest(commands) with ordinality as g (command_id, n)
  join lateral (select * from :"schema".commands c where c.command_id = g.command_id limit 1) as c on true
  cross join lateral unnest(c.versions) with ordinality as v (version, n);

  fresh := array(
    select g.n from unnest(commands) with ordinality as g (command_id, n)
    where g.command_id is null or not exists (select from :"schema".commands c where c.command_id = g.command_id)
    order by g.n
  );
  return query
  with appended as materialized (
    select fresh[a.append] as n, a.stream, a.at_version, a.at_position, a.outcome
    from :"schema".append_distinct((select jsonb_agg(batch -> (n - 1)::integer order by n) from unnest(fresh) as n), null) as a
    where fresh <> '{}'
  ),
  remembered as (
    insert into :"schema".commands (command_id, versions, position)
    select commands[a.n], array[a.at_version], a.at_position from appended a
    where a.outcome is null and commands[a.n] is not null
  )
  select a.n::integer, a.stream, a.at_version, a.at_position, a.outcome from appended a;
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
