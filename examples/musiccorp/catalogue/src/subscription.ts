import { applyRowWrites, changeFeed, postgresCheckpointStore } from '@banyan/postgres';
import { retry, rowChangesOf, type Subscription, subscribeToChanges } from '@banyan/runtime';
import type pg from 'pg';
import { tables } from './own-tables.ts';
import { resetCatalogue } from './prepare.ts';
import { translate } from './translate.ts';

/** The name of the subscription to the monolith where none is given. */
export const subscription = 'catalogue';

/** What following the monolith takes. */
export interface FollowOptions {
  /** The service's own database. */
  readonly pool: pg.Pool;
  readonly monolithUrl: string;
  /** Default `catalogue`. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/**
 * Keeps our tables in step with the monolith's log, once somebody has set the subscription to running. Nothing that goes wrong
 * with it ends it: whoever watches the checkpoint reads what is wrong, and what was mended goes on by itself.
 */
export function followMonolith(options: FollowOptions): Subscription {
  const { pool, monolithUrl, name = subscription, signal } = options;
  return subscribeToChanges<pg.PoolClient>({
    name,
    feed: changeFeed({ url: monolithUrl, name, tables }),
    checkpoints: postgresCheckpointStore(pool),
    initial: 'stopped',
    onError: retry({ retries: Number.POSITIVE_INFINITY }),
    handle: (entries, tx) => applyRowWrites(tx, entries.flatMap(rowChangesOf).flatMap(translate)),
    reset: resetCatalogue,
    signal,
  });
}
