import { postgresCheckpointStore, postgresEventStore } from '@banyan/postgres';
import { project, type RunningProjection, retry } from '@banyan/runtime';
import type pg from 'pg';
import { projectLists } from './projection.ts';

/** Runs the projection of the lists; what fails is reported to its checkpoint and tried again. */
export function followLists(pool: pg.Pool, signal?: AbortSignal): RunningProjection {
  return project(projectLists, {
    feed: postgresEventStore(pool),
    checkpoints: postgresCheckpointStore(pool),
    onError: retry({ retries: Number.POSITIVE_INFINITY }),
    signal,
  });
}
