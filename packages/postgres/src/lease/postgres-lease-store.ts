import type { Lease, LeaseStore } from '@banyan/runtime';
import type pg from 'pg';
import { notificationsOf } from '../notifications/notifications.ts';
import { defaultSchema } from '../prepare-database.ts';
import { limited } from '../time-limit.ts';
import { inReadCommitted } from '../transaction.ts';
import { leaseChannel, leaseStatements } from './lease-statements.ts';

/** Where the leases lie. */
export interface PostgresLeaseStoreOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
}

interface LeaseRow {
  readonly group_name: string;
  readonly name: string;
  readonly holder: string;
  readonly epoch: string;
}

/** Leases by the server's clock, in the database of the checkpoints that they fence. */
export function postgresLeaseStore(pool: pg.Pool, options: PostgresLeaseStoreOptions = {}): LeaseStore {
  const { schema = defaultSchema } = options;
  const sql = leaseStatements(schema);
  const leases = async (text: string, values: readonly unknown[]): Promise<readonly Lease[]> =>
    (
      await inReadCommitted(pool, (client) => client.query<LeaseRow>(limited(pool, text, [...values])))
    ).rows.map(leaseOf);
  return {
    acquire: async ({ group, name }, holder, forMs) =>
      (await leases(sql.acquire, [group, name, holder, forMs]))[0],
    async renew(held, forMs) {
      if (held.length === 0) return [];
      const renewed = await leases(sql.renew, [...columnsOf(held), forMs]);
      return held.filter((lease) =>
        renewed.some(({ group, name }) => group === lease.group && name === lease.name),
      );
    },
    async release(held) {
      if (held.length === 0) return;
      await inReadCommitted(pool, (client) => client.query(limited(pool, sql.release, columnsOf(held))));
    },
    holder: async ({ group, name }) => (await leases(sql.holder, [group, name]))[0],
    held: (group) => leases(sql.held, [group]),
    async changed(group, timeoutMs, signal) {
      using news = notificationsOf(pool).subscribe(leaseChannel, `${schema}.${group}`);
      await news.signal.next(timeoutMs, signal);
    },
  };
}

/** A lease as the parameters of `leaseIsCurrent`; nulls where there is none to compare. */
export function fenceValues(fence: Lease | undefined): readonly (string | null)[] {
  if (fence === undefined) return [null, null, null, null];
  return [fence.group, fence.name, fence.holder, fence.epoch.toString()];
}

function columnsOf(leases: readonly Lease[]): unknown[] {
  return [
    leases.map(({ group }) => group),
    leases.map(({ name }) => name),
    leases.map(({ holder }) => holder),
    leases.map(({ epoch }) => epoch.toString()),
  ];
}

function leaseOf(row: LeaseRow): Lease {
  return { group: row.group_name, name: row.name, holder: row.holder, epoch: BigInt(row.epoch) };
}
