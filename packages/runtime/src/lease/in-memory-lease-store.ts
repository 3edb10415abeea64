import { systemTiming, type Timing } from '../timing/timing.ts';
import { WakeUp } from '../timing/wake-up.ts';
import type { Lease, LeaseKey, LeaseStore } from './lease.ts';

interface Kept {
  lease: Lease;
  /** Milliseconds since the epoch. */
  until: number;
}

/** Leases in the memory of one process. */
export class InMemoryLeaseStore implements LeaseStore {
  readonly #groups = new Map<string, Map<string, Kept>>();
  readonly #wakeUps = new Map<string, WakeUp>();
  readonly #timing: Pick<Timing, 'now'>;

  constructor(timing: Pick<Timing, 'now'> = systemTiming) {
    this.#timing = timing;
  }

  async acquire(key: LeaseKey, holder: string, forMs: number): Promise<Lease | undefined> {
    const { group, name } = key;
    const leases = this.#of(group);
    const before = leases.get(name);
    if (before !== undefined && this.#holds(before)) return undefined;
    const lease = { group, name, holder, epoch: (before?.lease.epoch ?? 0n) + 1n };
    leases.set(name, { lease, until: this.#timing.now() + forMs });
    this.#wakeUpOf(group).wake();
    return lease;
  }

  async renew(leases: readonly Lease[], forMs: number): Promise<readonly Lease[]> {
    return leases.filter((lease) => {
      const kept = this.#current(lease);
      if (kept !== undefined) kept.until = this.#timing.now() + forMs;
      return kept !== undefined;
    });
  }

  async release(leases: readonly Lease[]): Promise<void> {
    for (const lease of leases) {
      const kept = this.#current(lease);
      if (kept === undefined) continue;
      kept.until = Number.NEGATIVE_INFINITY;
      kept.lease = { ...kept.lease, holder: '' };
      this.#wakeUpOf(lease.group).wake();
    }
  }

  async holder({ group, name }: LeaseKey): Promise<Lease | undefined> {
    const kept = this.#of(group).get(name);
    return kept !== undefined && this.#holds(kept) ? kept.lease : undefined;
  }

  async held(group: string): Promise<readonly Lease[]> {
    return [...this.#of(group).values()].filter((kept) => this.#holds(kept)).map(({ lease }) => lease);
  }

  changed(group: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#wakeUpOf(group).wait({ timeoutMs, signal });
  }

  /** Whether nobody has got the lease since; for checkpoints in the same memory. */
  isCurrent(lease: Lease): boolean {
    return this.#current(lease) !== undefined;
  }

  #current({ group, name, holder, epoch }: Lease): Kept | undefined {
    const kept = this.#of(group).get(name);
    return kept?.lease.epoch === epoch && kept.lease.holder === holder ? kept : undefined;
  }

  #holds({ until }: Kept): boolean {
    return until > this.#timing.now();
  }

  #of(group: string): Map<string, Kept> {
    const found = this.#groups.get(group) ?? new Map<string, Kept>();
    this.#groups.set(group, found);
    return found;
  }

  #wakeUpOf(group: string): WakeUp {
    const found = this.#wakeUps.get(group) ?? new WakeUp();
    this.#wakeUps.set(group, found);
    return found;
  }
}
