-- The stock of an item: what the warehouse knows of it, and nothing that the catalogue does.
create table if not exists stock_levels (
  item_id        integer primary key,
  on_hand        integer not null check (on_hand >= 0),
  opening        integer not null check (opening >= 0),
  reorder_level  integer not null,
  shelf          text not null,
  -- counts the versions that came from the shop
  parted         bigint not null default 0
)
