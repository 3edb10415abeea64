import { projection } from '@banyan/runtime';
import type pg from 'pg';
import type { listContract } from './contract.ts';

/** The name of the projection's checkpoint. */
export const listsProjection = 'curated-lists';

// Plain inserts and counts: an event that took effect twice would fail or show.
const created = `
  insert into catalogue.lists (list_id, title, created_at, changed_at, items) values ($1, $2, $3, $3, 0)`;
const added = `
  with counted as (update catalogue.lists set items = items + 1, changed_at = $5 where list_id = $1)
  insert into catalogue.list_items (list_id, item_id, note, place, added_at) values ($1, $2, $3, $4, $5)`;
const removed = `
  with counted as (update catalogue.lists set items = items - 1, changed_at = $3 where list_id = $1)
  delete from catalogue.list_items where list_id = $1 and item_id = $2`;

/** The lists as queries want them. */
export const projectLists = projection<typeof listContract.events, pg.PoolClient>({
  name: listsProjection,
  on: {
    ListCreated: async ({ streamId, data, metadata }, tx) => {
      await tx.query(created, [listIdOf(streamId), data.title, metadata.at]);
    },
    ItemAdded: async ({ streamId, version, data, metadata }, tx) => {
      const { itemId, note = null } = data;
      await tx.query(added, [listIdOf(streamId), itemId, note, version, metadata.at]);
    },
    ItemRemoved: async ({ streamId, data, metadata }, tx) => {
      await tx.query(removed, [listIdOf(streamId), data.itemId, metadata.at]);
    },
  },
  reset: async (tx) => {
    await tx.query('delete from catalogue.list_items');
    await tx.query('delete from catalogue.lists');
  },
});

/** Streams are called `list-` and the list's id. */
function listIdOf(streamId: string): string {
  return streamId.slice('list-'.length);
}
