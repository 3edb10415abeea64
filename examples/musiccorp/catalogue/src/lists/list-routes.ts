import { randomUUID } from 'node:crypto';
import { commandIdOf, commandRoute, waitForWrite } from '@banyan/http';
import {
  postgresCheckpointStore,
  postgresEventStore,
  postgresSnapshotStore,
  toPostgresError,
} from '@banyan/postgres';
import { aggregateHandler, Invalid, NotFound } from '@banyan/runtime';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type pg from 'pg';
import { curatedList } from './curated-list.ts';
import { listsProjection } from './projection.ts';
import { findList, listLists } from './queries.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What executes the commands of the curated lists. */
export function listHandler(pool: pg.Pool) {
  return aggregateHandler({
    store: postgresEventStore(pool),
    aggregate: curatedList,
    snapshots: { store: postgresSnapshotStore(pool) },
  });
}

/** The curated lists: commands that answer with their position, and queries that can wait for it with `banyan-wait-for`. */
export function listRoutes(pool: pg.Pool, handler: ReturnType<typeof listHandler>): Hono {
  const waiting = waitForWrite({ checkpoints: postgresCheckpointStore(pool), projection: listsProjection });
  const routes = new Hono();
  routes.post(
    '/',
    commandRoute({ handler, type: 'CreateList', id: newListId, status: 201, reply: createdReply }),
  );
  routes.use('/:id/*', listIdsAreUuids);
  routes.post('/:id/items', commandRoute({ handler, type: 'AddItem' }));
  routes.delete(
    '/:id/items/:itemId',
    commandRoute({
      handler,
      type: 'RemoveItem',
      data: ({ req }) => ({ itemId: itemIdOf(req.param('itemId')) }),
    }),
  );
  routes.get('/', waiting, async (c) => c.json(await listLists(pool).catch(rethrow)));
  routes.get('/:id', waiting, async (c) => c.json(await findList(pool, c.req.param('id')).catch(rethrow)));
  return routes;
}

/** The same for one idempotency key, so that a creation sent again does not make a second list. */
function newListId(context: Context): string {
  const id = commandIdOf(context.req, 'CreateList', 'lists') ?? randomUUID();
  context.header('location', `/lists/${id}`);
  context.set('listId', id);
  return id;
}

function createdReply({ version, position }: { version: number; position: bigint }, context: Context) {
  return { id: context.get('listId') as string, version, position: String(position) };
}

const listIdsAreUuids: MiddlewareHandler = async ({ req }, next) => {
  const id = req.param('id') ?? '';
  if (!uuid.test(id)) throw new NotFound('no-such-list', `There is no list ${id}.`);
  await next();
};

function itemIdOf(text: string | undefined): number {
  if (text !== undefined && /^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw new Invalid('item-id', `An item's id is a whole number from 1; "${text}" is not.`);
}

function rethrow(caught: unknown): never {
  throw toPostgresError(caught);
}
