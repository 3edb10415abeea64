-- The log in partitions by position, made ahead of need. A partition that is full is never written again: it is vacuumed and frozen once,
-- and can be detached as a whole.

-- Private: one row about the log as a whole.
create table :"schema".log (
  single boolean primary key default true check (single),
  -- Of the partitions that are made from now on.
  partition_size bigint not null default 10000000 check (partition_size > 0),
  -- Partitions up to this position were detached.
  removed_to bigint not null default 0
);
insert into :"schema".log default values;

-- Private: the partitions, so that nobody must parse their bounds.
create table :"schema".partitions (
  first_position bigint primary key,
  -- The first position after it.
  end_position bigint not null,
  name text not null,
  detached_at timestamptz
);

-- Private: the streams. A stream's version is that of its newest event and stands nowhere else, so that an append updates no row: an old
-- snapshot, which keeps dead rows from being cleared away, can not make a busy stream slow.
create table :"schema".streams (
  stream_id text collate "C" primary key,
  -- The position of its first event, which is also the short name that its events are indexed by.
  stream bigint not null,
  closed boolean not null default false,
  -- Events up to this version were removed.
  removed_to integer not null default 0
);

alter table :"schema".events rename to events_before;

-- Private: written by append() alone. The numbers come first because they are aligned.
create table :"schema".events (
  position bigint primary key,
  stream bigint not null,
  recorded_at timestamptz not null default clock_timestamp(),
  version integer not null,
  schema_version integer not null,
  stream_id text collate "C" not null,
  type text not null,
  data jsonb not null,
  metadata jsonb not null
) partition by range (position);

-- Makes the partitions that will be needed next: there is always a whole one ahead of the newest position. Gives the position from
-- which on it should be called again. Neither waits for appends and readers nor makes them wait.
create function :"schema".make_partitions() returns bigint
language plpgsql
as $$
declare
  used bigint;
  size bigint;
  first bigint;
  name text;
begin
  perform pg_advisory_xact_lock(hashtextextended('banyan partitions ' || :'schema', 0));
  loop
    select last_value into used from :"schema".event_position;
    select partition_size into size from :"schema".log;
    select coalesce(max(p.end_position), 1) into first from :"schema".partitions p;
    exit when first > used + size;
    name := 'events_from_' || first;
    execute format('create table %1$I.%2$I (like %1$I.events including defaults, primary key (position), unique (stream, version))
      with (autovacuum_freeze_min_age = 0)', :'schema', name);
    -- Attaching takes a weaker lock than making it in place.
    execute format('alter table %1$I.events attach partition %1$I.%2$I for values from (%3$s) to (%4$s)',
      :'schema', name, first, first + size);
    insert into :"schema".partitions (first_position, end_position, name) values (first, first + size, name);
  end loop;
  return first - size;
end
$$;
select :"schema".make_partitions();

insert into :"schema".streams (stream_id, stream)
select stream_id, min(position) from :"schema".events_before group by stream_id;
insert into :"schema".events (position, stream, recorded_at, version, schema_version, stream_id, type, data, metadata)
select e.position, s.stream, e.recorded_at, e.version, e.schema_version, e.stream_id, e.type, e.data, e.metadata
from :"schema".events_before e join :"schema".streams s on s.stream_id = e.stream_id order by e.position;
drop table :"schema".events_before;

drop function :"schema".append(jsonb, text[]);
drop function :"schema".append_distinct(jsonb, text[]);

-- Takes the lock of the log, which is held until the commit is visible: whoever reads position n has seen, or will never see, everything
-- before n.
create function :"schema".lock_log() returns void
language plpgsql
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    -- Its snapshot would be older than the lock.
    raise exception 'events can only be appended in a transaction of isolation level read committed' using errcode = '25001';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('banyan events ' || :'schema', 0));
end
$$;

-- Appends a batch of independent appends. `batch` is an array of appends; an append is an array of
--   { "s": stream, "x": expected version (-1 any, -2 present), "e": [{ "t": type, "v": schema version, "d": data, "m": metadata }] }
-- `commands` are the command ids of the appends, null where one has none; null as a whole where none has.
-- Gives a row for each stream of each append: its new version and last position. `outcome` is null for what was appended, 'repeated' where
-- the command id was seen before and the rows are those of the first time. Where an append is refused there is one row, for the stream
-- that is not as expected ('conflict') or closed ('closed'), with the version it is at and no position. Such an append writes nothing;
-- the others do.
create function :"schema".append(batch jsonb, commands text[])
returns table (append integer, stream integer, at_version integer, at_position bigint, outcome text)
language plpgsql
as $$
declare
  item jsonb;
  part jsonb;
  item_number bigint;
  part_number bigint;
  given record;
  expected integer;
  refusal text;
  first bigint;
  size integer;
  versions bigint[];
begin
  -- Every statement below has a snapshot of its own, taken after the lock.
  perform :"schema".lock_log();

  for item, item_number in select * from jsonb_array_elements(batch) with ordinality loop
    if commands[item_number] is not null then
      return query select item_number::integer, v.n::integer, v.version::integer, c.position, 'repeated'
        from :"schema".commands c cross join lateral unnest(c.versions) with ordinality as v (version, n)
        where c.command_id = commands[item_number];
      continue when found;
    end if;

    refusal := null;
    for part, part_number in select * from jsonb_array_elements(item) with ordinality loop
      select * into given from :"schema".stream_now(part ->> 's');
      expected := (part ->> 'x')::integer;
      refusal := case
        when given.closed then 'closed'
        when expected = -1 or (expected = -2 and given.version > 0) or expected = given.version then null
        else 'conflict'
      end;
      if refusal is not null then
        return query select item_number::integer, part_number::integer, given.version, null::bigint, refusal;
        exit;
      end if;
    end loop;
    continue when refusal is not null;

    versions := '{}';
    for part, part_number in select * from jsonb_array_elements(item) with ordinality loop
      select * into given from :"schema".stream_now(part ->> 's');
      first := nextval(:'sequence');
      if given.stream is null then
        insert into :"schema".streams (stream_id, stream) values (part ->> 's', first);
      end if;
      insert into :"schema".events (position, stream, version, schema_version, stream_id, type, data, metadata)
      select case when n = 1 then first else nextval(:'sequence') end, coalesce(given.stream, first), given.version + n,
        (e ->> 'v')::integer, part ->> 's', e ->> 't', e -> 'd', e -> 'm'
      from jsonb_array_elements(part -> 'e') with ordinality as events (e, n);
      get diagnostics size = row_count;
      versions := versions || (given.version + size)::bigint;
      return query select item_number::integer, part_number::integer, given.version + size, currval(:'sequence'), null::text;
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

-- What is known of a stream; of one that is not there, version 0.
create function :"schema".stream_now(id text, out stream bigint, out version integer, out closed boolean, out removed_to integer)
language plpgsql stable
as $$
begin
  select s.stream, s.closed, s.removed_to into stream, closed, removed_to from :"schema".streams s where s.stream_id = id;
  if not found then
    version := 0;
    closed := false;
    removed_to := 0;
    return;
  end if;
  -- Partitions below the stream's beginning are not looked into.
  select e.version into version from :"schema".events e
  where e.stream = stream_now.stream and e.position >= stream_now.stream order by e.version desc limit 1;
  version := coalesce(version, removed_to);
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
