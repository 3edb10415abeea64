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
