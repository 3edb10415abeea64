-- Which version of a projection the read model is made by; null until one has said so. Others take no effect.
alter table :"schema".subscriptions add column version integer;
-- What has begun was made by a first version: code of a second one must not go on with its rows.
update :"schema".subscriptions set version = 1 where position > 0;

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
