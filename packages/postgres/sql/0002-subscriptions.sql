-- Private: how far each subscriber has got, what is wanted of it, and what it says of itself.
create table :"schema".subscriptions (
  name text primary key,
  position bigint not null default 0,
  desired text not null default 'running' check (desired in ('running', 'stopped')),
  -- The subscriber takes no effect past this position, until hold_until where that is set.
  hold_at bigint,
  hold_until timestamptz,
  applied_at timestamptz,
  lag_ms double precision,
  error text,
  reported_at timestamptz,
  updated_at timestamptz not null default clock_timestamp()
);
