-- The subscriber is to forget everything and begin anew.
alter table :"schema".subscriptions add column reset_wanted boolean not null default false;

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
