-- Puts one event into the outbox within the caller's transaction: append_within() for those who write SQL, in any language. Gives the event's
-- id. Events that are put there one after the other keep that order.
create function :"schema".append_event(
  stream_id text, type text, data jsonb default '{}', schema_version integer default 1, command_id text default null
) returns uuid
language plpgsql
as $$
declare
  id uuid := gen_random_uuid();
  metadata jsonb;
  closed record;
begin
  -- What checkAppends() refuses; the relay, which could tell nobody, does not look.
  perform :"schema".check_length('stream id', stream_id, 500);
  perform :"schema".check_length('type of an event', type, 255);
  if command_id is not null then
    perform :"schema".check_length('command id', command_id, 255);
  end if;
  if schema_version is null or schema_version < 1 then
    raise exception 'The schema version of % in % is a whole number from 1, not %.', type, stream_id, coalesce(schema_version::text, 'null')
      using errcode = '22023';
  end if;
  data := coalesce(data, 'null');
  if char_length(data::text) > 16 * 1024 * 1024 then
    raise exception 'An append has about % characters at most; one of % was given: keep large things elsewhere.',
      16 * 1024 * 1024, char_length(data::text) using errcode = '22023';
  end if;

  metadata := jsonb_build_object(
    'id', id, 'correlationId', id, 'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  );
  select * into closed from :"schema".append_within(
    jsonb_build_array(jsonb_build_object(
      's', append_event.stream_id, 'x', -1,
      'e', jsonb_build_array(jsonb_build_object('t', type, 'v', schema_version, 'd', data, 'm', metadata))
    )),
    command_id
  );
  if found then
    raise exception 'Stream % was closed at version % and takes no more events: begin another stream.', closed.stream_id, closed.version;
  end if;
  return id;
end
$$;

-- Private: refuses a text that the log does not keep.
create function :"schema".check_length(what text, given text, longest integer) returns void
language plpgsql immutable
as $$
begin
  if given is null or char_length(given) not between 1 and longest then
    raise exception 'A % has 1 to % characters; % was given.', what, longest, coalesce('one of ' || char_length(given), 'null')
      using errcode = '22023';
  end if;
end
$$;
