import { postgresCheckpointStore } from '@banyan/postgres';
import type pg from 'pg';

/** Throws while the database does not answer; tells whether the service follows the monolith, which reads do not wait for. */
export async function health(pool: pg.Pool, subscription: string): Promise<object> {
  const { position, desired, holdAt, reported } = await postgresCheckpointStore(pool).load(
    subscription,
    'stopped',
  );
  return {
    following: {
      subscription,
      desired,
      position: String(position),
      ...(holdAt === undefined ? {} : { holdAt: String(holdAt) }),
      ...reported,
    },
  };
}
