-- :"schema", :'schema' and :'sequence' are filled in by prepareDatabase.

-- Taken only under the log's lock, so positions are in commit order.
create sequence :"schema".event_position as bigint cache 1;

-- Private: written by append() alone.
create table :"schema".events (
  position bigint primary key,
  stream_id text not null,
  version bigint not null,
  type text not null,
  schema_version integer not null,
  data jsonb not null,
  metadata jsonb not null,
  recorded_at timestamptz not null default clock_timestamp(),
  -- Also answers "which version is this stream at", so there is no table of streams to keep in step.
  unique (stream_id, version)
);

-- Appends a batch of independent appends. `batch` is an array of appends; an append is an array of
--   { "s": stream, "x": expected version (-1 any, -2 present), "e": [{ "t": type, "v": schema version, "d": data, "m": metadata }] }
-- Gives a row for each stream of each append: its new version and last position, or, where the append's expectation does not hold, one
-- row for the stream that was not as expected, with the version it is at and no position. Such an append writes nothing; the others do.
create function :"schema".append(batch jsonb)
returns table (append integer, stream integer, at_version bigint, at_position bigint)
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
begin
  -- Held until the commit is visible: whoever reads position n has seen, or will never see, everything before n. Every statement
  -- below has a snapshot of its own, taken after the lock.
  perform pg_advisory_xact_lock(hashtextextended('banyan events ' || :'schema', 0));

  for item, item_number in select * from jsonb_array_elements(batch) with ordinality loop
    holds := true;
    for part, part_number in select * from jsonb_array_elements(item) with ordinality loop
      select coalesce(max(e.version), 0) into current_version from :"schema".events e where e.stream_id = part ->> 's';
      expected := (part ->> 'x')::bigint;
      holds := expected = -1 or (expected = -2 and current_version > 0) or expected = current_version;
      if not holds then
        return query select item_number::integer, part_number::integer, current_version, null::bigint;
        exit;
      end if;
    end loop;
    continue when not holds;

    for part, part_number in select * from jsonb_array_elements(item) with ordinality loop
      select coalesce(max(e.version), 0) into current_version from :"schema".events e where e.stream_id = part ->> 's';
      insert into :"schema".events (position, stream_id, version, type, schema_version, data, metadata)
      select nextval(:'sequence'), part ->> 's', current_version + n, e ->> 't', (e ->> 'v')::integer, e -> 'd', e -> 'm'
      from jsonb_array_elements(part -> 'e') with ordinality as given (e, n);
      get diagnostics written = row_count;
      return query select item_number::integer, part_number::integer, current_version + written, currval(:'sequence');
    end loop;
  end loop;

  -- Equal notifications of one transaction are sent once.
  perform pg_notify('banyan_events', :'schema');
end
$$;
