import type { Lease, LeaseStore } from '../lease/lease.ts';

/** Instances of a subscription that share its lanes, at most; more wait for one of them to go. */
const maxInstances = 64;

/** What renewing found. */
export interface RenewedShares {
  /** Own leases that others have by now. */
  readonly lost: readonly Lease[];
  /** The names of the lanes that somebody has, this instance included. */
  readonly held: readonly string[];
  /** Instances that live, this one included; 0 when there is no room for this one. */
  readonly instances: number;
}

/**
 * One instance among those that share the lanes of a subscription. It says that it lives by a lease on one of a bounded number of
 * places, so that all know how many they are.
 */
export class LaneShares {
  readonly #leases: LeaseStore;
  readonly #lanes: string;
  readonly #places: string;
  readonly #forMs: number;
  readonly #holder = globalThis.crypto.randomUUID();
  #place: Lease | undefined;

  constructor(subscription: string, leases: LeaseStore, forMs: number) {
    this.#leases = leases;
    this.#forMs = forMs;
    this.#lanes = laneGroup(subscription);
    this.#places = `instances of ${subscription}`;
  }

  /** Where this instance begins to look for a free lane. */
  get offset(): number {
    return Number.parseInt(this.#holder.slice(0, 8), 16);
  }

  async renew(own: readonly Lease[]): Promise<RenewedShares> {
    const mine = this.#place === undefined ? own : [this.#place, ...own];
    const renewed = await this.#leases.renew(mine, this.#forMs);
    const lost = own.filter((lease) => !renewed.includes(lease));
    if (this.#place !== undefined && !renewed.includes(this.#place)) this.#place = undefined;
    this.#place ??= await this.#takePlace();
    const held = (await this.#leases.held(this.#lanes)).map(({ name }) => name);
    const instances = this.#place === undefined ? 0 : (await this.#leases.held(this.#places)).length;
    return { lost, held, instances };
  }

  acquire(lane: string): Promise<Lease | undefined> {
    return this.#leases.acquire({ group: this.#lanes, name: lane }, this.#holder, this.#forMs);
  }

  release(leases: readonly Lease[]): Promise<void> {
    return leases.length === 0 ? Promise.resolve() : this.#leases.release(leases);
  }

  /** Tells the others at once that this instance is gone. */
  async leave(): Promise<void> {
    if (this.#place !== undefined) await this.#leases.release([this.#place]);
    this.#place = undefined;
  }

  /** Resolves when lanes or instances may have changed. */
  async changed(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const wait = (group: string) => this.#leases.changed(group, timeoutMs, signal);
    await Promise.race([wait(this.#lanes), wait(this.#places)]);
  }

  async #takePlace(): Promise<Lease | undefined> {
    const group = this.#places;
    const taken = new Set((await this.#leases.held(group)).map(({ name }) => name));
    for (let number = 1; number <= maxInstances; number++) {
      const name = String(number);
      if (taken.has(name)) continue;
      const lease = await this.#leases.acquire({ group, name }, this.#holder, this.#forMs);
      if (lease !== undefined) return lease;
    }
    return undefined;
  }
}

/** The group of the leases on a subscription's lanes; each is named as the lane's checkpoint. */
export function laneGroup(subscription: string): string {
  return `lanes of ${subscription}`;
}
