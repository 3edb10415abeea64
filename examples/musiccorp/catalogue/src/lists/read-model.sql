-- Written by the projection of the lists alone.
create table if not exists catalogue.lists (
  list_id     uuid primary key,
  title       text not null,
  created_at  timestamptz(3) not null,
  changed_at  timestamptz(3) not null,
  items       integer not null
);
create index if not exists lists_by_change on catalogue.lists (changed_at desc, list_id);

create table if not exists catalogue.list_items (
  list_id   uuid not null,
  item_id   integer not null,
  -- the version of the list that brought it: lists keep the order in which they were made
  place     bigint not null,
  note      text,
  added_at  timestamptz(3) not null,
  primary key (list_id, item_id)
);
