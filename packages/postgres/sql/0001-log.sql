-- :"schema", :'schema' and :'sequence' are filled in by prepareDatabase.

-- The log, in partitions by position that are made ahead of need. A partition that is full is never written again: it is vacuumed and frozen
-- once, and can be detached as a whole.

-- Taken only under the log's lock, so positions are in commit order.
create sequence :"schema".event_position as bigint cache 1;

-- Private: one row about the log as a whole.
create table :"schema".log (
  single boolean primary key default true check (single),
  -- Of the partitions that are made from now on.
  partition_size bigint not null default 10000000 check (partition_size > 0),
  -- The newest position that was removed at all.
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
  closed_at timestamptz,
  -- It is closed and all its events were removed.
  emptied_at timestamptz,
  -- Events up to this version were removed.
  removed_to integer not null default 0
);

-- For retention.
create index streams_to_empty on :"schema".streams (closed_at, stream_id) where closed and emptied_at is null;

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
