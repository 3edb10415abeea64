-- A subscription that is divided into lanes has a row for itself and one for each lane. What is wanted of it stands in all of them,
-- how far it has got in those of the lanes.
alter table :"schema".subscriptions
  add column lanes integer not null default 1 check (lanes between 1 and 64),
  add column lane_of text references :"schema".subscriptions (name) on delete cascade;

create index subscriptions_lane_of on :"schema".subscriptions (lane_of) where lane_of is not null;

-- Private: who owns what. Rows stay when a lease ends, because an epoch must never be given twice.
create table :"schema".leases (
  group_name text not null,
  name text not null,
  -- Null once it was released.
  holder text,
  epoch bigint not null,
  expires_at timestamptz not null,
  primary key (group_name, name)
);
