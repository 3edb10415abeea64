-- Private: the last snapshot of each aggregate that has one. Losing it loses time and nothing else.
create table :"schema".snapshots (
  stream_id text primary key,
  version bigint not null,
  position bigint not null,
  state_version integer not null,
  -- Nothing is ever looked for in it, so it stays the text that it was.
  state json not null,
  taken_at timestamptz not null default clock_timestamp()
);
