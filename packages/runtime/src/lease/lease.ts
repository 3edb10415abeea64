/** What a lease is about: a name within a group of things that are shared out together. */
export interface LeaseKey {
  readonly group: string;
  readonly name: string;
}

/** Says that `holder` owns something, until the lease runs out or somebody else gets it. */
export interface Lease extends LeaseKey {
  readonly holder: string;
  /** Grows with every change of the holder and never goes back: who comes with an older one has been replaced. */
  readonly epoch: bigint;
}

/**
 * Who owns what at the moment, by the clock of the store. Contract, checked by `leaseStoreContract`: of any number who acquire at
 * once one gets the lease; the epoch of a name only grows. A lease alone protects nothing, because a holder may be frozen while it
 * runs out: what must not happen twice compares the epoch in the statement that makes it happen, see `Advance`.
 */
export interface LeaseStore {
  /** The lease for `forMs` milliseconds, with a new epoch; undefined while somebody holds it, also the same holder. */
  acquire(key: LeaseKey, holder: string, forMs: number): Promise<Lease | undefined>;
  /** Prolongs these, also one that ran out if nobody has got it since; gives those that are still the holder's. */
  renew(leases: readonly Lease[], forMs: number): Promise<readonly Lease[]>;
  /** Lets go of these at once; those that somebody else holds by now stay as they are. */
  release(leases: readonly Lease[]): Promise<void>;
  /** The lease that holds now, if any. */
  holder(key: LeaseKey): Promise<Lease | undefined>;
  /** All leases of a group that hold now. */
  held(group: string): Promise<readonly Lease[]>;
  /** Resolves when a lease of the group was acquired or released, or after `timeoutMs`; one that runs out wakes nobody. */
  changed(group: string, timeoutMs: number, signal?: AbortSignal): Promise<void>;
}
