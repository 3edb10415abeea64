-- Private: how far each subscriber has got, what is wanted of it, and what it says of itself. A subscription that is divided into lanes
-- has a row for itself and one for each lane: what is wanted of it stands in all of them, how far it has got in those of the lanes.
create table :"schema".subscriptions (
  name text primary key,
  position bigint not null default 0,
  lanes integer not null default 1 check (lanes between 1 and 64),
  lane_of text references :"schema".subscriptions (name) on delete cascade,
  -- Which version of a projection the read model is made by; null until one has said so. Others take no effect.
  version integer,
  desired text not null default 'running' check (desired in ('running', 'stopped')),
  -- The subscriber is to forget everything and begin anew.
  reset_wanted boolean not null default false,
  -- The subscriber takes no effect past this position, until hold_until where that is set.
  hold_at bigint,
  hold_until timestamptz,
  applied_at timestamptz,
  lag_ms double precision,
  error text,
  reported_at timestamptz,
  updated_at timestamptz not null default clock_timestamp()
);

create index subscriptions_lane_of on :"schema".subscriptions (lane_of) where lane_of is not null;

-- Private: the entries that subscriptions gave up on. An entry's position identifies it within its subscription.
create table :"schema".dead_letters (
  subscription text not null,
  position bigint not null,
  stream_id text,
  entry jsonb not null,
  code text not null,
  reason text not null,
  attempts integer not null,
  failed_at timestamptz not null default clock_timestamp(),
  redrive_wanted boolean not null default false,
  primary key (subscription, position)
);

-- What running subscriptions look for every second.
create index dead_letters_redrive_wanted on :"schema".dead_letters (subscription, position) where redrive_wanted;

-- Private: the version that a rebuild has replaced, kept to go back to.
create table :"schema".kept_projections (
  name text primary key,
  version integer,
  -- Its checkpoints as they were: name and position of every lane.
  lanes jsonb not null,
  tables_in text not null,
  kept_in text not null,
  kept_tables text[] not null,
  live_tables text[] not null,
  kept_at timestamptz not null default clock_timestamp()
);
