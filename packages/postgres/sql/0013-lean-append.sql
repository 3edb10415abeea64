-- append() with nothing but the statements that it needs: a caller who appends alone waits for each of them. What it takes and gives stays
-- the same, see above.
create or replace function :"schema".append(batch jsonb, commands text[])
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
  removed integer;
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
      select s.stream, s.closed, s.removed_to into key, is_closed, removed from :"schema".streams s where s.stream_id = id;
      if found then
        select e.version into version from :"schema".events e where e.stream = key and e.position >= key order by e.version desc limit 1;
        version := coalesce(version, removed);
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
