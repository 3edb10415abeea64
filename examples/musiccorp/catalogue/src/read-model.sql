-- The service's own tables. What the monolith keeps per row is kept per row, so that any change of its rows becomes a change of
-- ours; no defaults, since a row that lacks a column must be refused; no foreign keys, since a snapshot brings tables one by one.
create schema if not exists catalogue;

create table if not exists catalogue.genres (
  genre_id  integer primary key,
  slug      text not null,
  name      text not null
);

create table if not exists catalogue.artists (
  artist_id  integer primary key,
  name       text not null,
  country    text not null,
  formed_in  integer not null
);

create table if not exists catalogue.items (
  item_id      integer primary key,
  title        text not null,
  artist_id    integer not null,
  genre_id     integer not null,
  medium       text not null,
  price_cents  bigint not null,
  description  text not null,
  released_on  date not null,
  added_at     timestamptz(3) not null,
  edited_at    timestamptz(3) not null,
  withdrawn    boolean not null,
  in_stock     boolean not null,
  sold_lately  integer not null
);
create index if not exists items_by_title on catalogue.items (title collate "C", item_id) where not withdrawn;
create index if not exists items_by_price on catalogue.items (price_cents, item_id) where not withdrawn;
create index if not exists items_by_price_down on catalogue.items (price_cents desc, item_id) where not withdrawn;
create index if not exists items_by_release on catalogue.items (released_on desc, item_id) where not withdrawn;
create index if not exists items_by_sales on catalogue.items (sold_lately desc, item_id) where not withdrawn;
create index if not exists items_by_artist on catalogue.items (artist_id, released_on desc, item_id) where not withdrawn;
create index if not exists items_by_genre on catalogue.items (genre_id, title collate "C", item_id) where not withdrawn;
