import { randomUUID } from 'node:crypto';
import type { Lease } from '@banyan/runtime';
import type pg from 'pg';
import { leaseIsCurrent } from '../lease/lease-statements.ts';
import { fenceValues, postgresLeaseStore } from '../lease/postgres-lease-store.ts';
import { rebuildRuns } from './rebuild-errors.ts';

/** Who is killed makes others wait for so long. */
const leaseMs = 10_000;

/** The right to rebuild a projection. */
export interface Alone {
  /** Aborts when the right is lost, or when the caller's signal does. */
  readonly signal: AbortSignal;
  /** Whether it is still ours, for a process that was frozen: looked at in the transaction that it is about. */
  holds(client: pg.PoolClient): Promise<boolean>;
}

/**
 * Runs `work` while nobody else rebuilds the projection.
 * @throws Conflict `rebuild-runs`
 */
export async function alone<Result>(
  pool: pg.Pool,
  { schema, projection, signal }: { schema: string; projection: string; signal?: AbortSignal },
  work: (alone: Alone) => Promise<Result>,
): Promise<Result> {
  const leases = postgresLeaseStore(pool, { schema });
  const lease = await leases.acquire({ group: 'rebuilds', name: projection }, randomUUID(), leaseMs);
  if (lease === undefined) throw rebuildRuns(projection, leaseMs);
  const lost = new AbortController();
  const renew = async (held: Lease) => {
    // While the database is away nothing can be changed either.
    const renewed = await leases.renew([held], leaseMs).catch(() => [held]);
    if (renewed.length === 0) lost.abort(rebuildRuns(projection, leaseMs));
  };
  const renewing = setInterval(() => void renew(lease), leaseMs / 3);
  const holds = async (client: pg.PoolClient) => {
    const text = `select ${leaseIsCurrent(schema, 1)} as current`;
    const { rows } = await client.query<{ current: boolean }>(text, [...fenceValues(lease)]);
    return rows[0]!.current;
  };
  try {
    const both = signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]);
    return await work({ signal: both, holds });
  } finally {
    clearInterval(renewing);
    await leases.release([lease]).catch(() => {});
  }
}
