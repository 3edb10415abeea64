import { toBanyanError } from '../errors/errors.ts';
import type { Lease } from '../lease/lease.ts';
import { WakeUp } from '../timing/wake-up.ts';
import { fairShare } from './fair-share.ts';
import { type Lane, laneName } from './lane.ts';
import { LaneShares } from './lane-shares.ts';
import type { SubscribeOptions } from './subscribe.ts';
import { Subscriber } from './subscriber.ts';
import { isOther, tellSuperseded } from './version.ts';

const defaultLeaseMs = 15_000;

/** A lane at work in this process. */
interface RunningLane {
  readonly lane: Lane;
  readonly lease: Lease | undefined;
  readonly ending: AbortController;
  /** When it is not at work any more and others may have it; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Runs the lanes of a subscription: all of them, or, with leases, this instance's share. Looks after them every third of a lease's
 * time, and when somebody else takes or gives up a lane.
 */
export class LaneRunner<Entry extends { readonly position: bigint }, Tx> {
  readonly #options: SubscribeOptions<Entry, Tx>;
  readonly #signal: AbortSignal;
  readonly #shares: LaneShares | undefined;
  readonly #everyMs: number;
  readonly #running = new Map<string, RunningLane>();
  readonly #wakeUp = new WakeUp();
  /** The checkpoint is of another version. */
  #waits = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: SubscribeOptions<Entry, Tx>, signal: AbortSignal) {
    const { name, leases, leaseMs = defaultLeaseMs } = options;
    this.#options = options;
    this.#signal = signal;
    this.#everyMs = leases === undefined ? 1_000 : leaseMs / 3;
    if (leases !== undefined) this.#shares = new LaneShares(name, leases, leaseMs);
  }

  /** Ends when the signal aborts, with all its lanes; rejects when one of them gave up. */
  async run(): Promise<void> {
    try {
      while (!this.#signal.aborted && this.#failure === undefined) await this.#turn();
    } finally {
      await this.#end(this.#running.keys());
      await this.#shares?.leave().catch(() => {});
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #turn(): Promise<void> {
    const turn = new AbortController();
    const waiting = AbortSignal.any([this.#signal, turn.signal]);
    // Waiting begins before the look, so that a change between the two is not missed.
    const woken = this.#wakeUp.wait({ timeoutMs: this.#everyMs, signal: waiting });
    const { name, checkpoints } = this.#options;
    const shared = this.#shares?.changed(this.#everyMs, waiting).catch(() => woken);
    const changed = this.#waits && checkpoints.changed(name, this.#everyMs, waiting).catch(() => woken);
    try {
      await this.#look();
      if (this.#failure === undefined) await Promise.race([woken, shared ?? woken, changed || woken]);
    } catch (caught) {
      const error = toBanyanError(caught);
      if (!error.retryable) throw error;
      // Lanes go on, and fail by themselves where they must.
      await woken;
    } finally {
      turn.abort();
    }
  }

  async #look(): Promise<void> {
    const { name, checkpoints, lanes: wanted = 1, initial } = this.#options;
    if (await this.#waitsForVersion()) return;
    const lanes = await checkpoints.lanes(name, wanted, initial);
    const byName = new Map(lanes.map((lane) => [laneName(lane), lane]));
    void this.#end([...this.#running.keys()].filter((lane) => !byName.has(lane)));
    if (this.#shares === undefined) {
      for (const lane of lanes) if (!this.#running.has(laneName(lane))) this.#start(lane);
      return;
    }
    await this.#share(this.#shares, byName);
  }

  /** While another version is in use its instances get all lanes. */
  async #waitsForVersion(): Promise<boolean> {
    const { name, checkpoints, version, initial } = this.#options;
    if (version === undefined) return false;
    let now = await checkpoints.load(name, initial);
    // Else some lanes could become of one version and some of another.
    if (now.version === undefined) now = await checkpoints.control(name, { version });
    const waits = isOther(now.version, version);
    if (waits && !this.#waits) {
      void this.#end(this.#running.keys());
      await this.#shares?.leave();
      tellSuperseded(this.#options, now);
      // The next turn waits for a change of the checkpoint too.
      this.#wakeUp.wake();
    }
    this.#waits = waits;
    return waits;
  }

  async #share(shares: LaneShares, lanes: ReadonlyMap<string, Lane>): Promise<void> {
    const own = [...this.#running.values()].flatMap(({ lease }) => lease ?? []);
    const { lost, held, instances } = await shares.renew(own);
    void this.#end(lost.map((lease) => lease.name));
    if (instances === 0) return;
    const holding = { lanes: [...lanes.keys()], own: [...this.#running.keys()], held, instances };
    const moves = fairShare(holding, shares.offset);
    // Steps under way may take their time; the other leases must be renewed in the meantime.
    void this.#end(moves.release);
    let taken = 0;
    for (const lane of moves.acquire) {
      if (taken === moves.most || this.#signal.aborted) return;
      const lease = await shares.acquire(lane);
      if (lease === undefined) continue;
      this.#start(lanes.get(lane)!, lease);
      taken += 1;
    }
  }

  #start(lane: Lane, lease?: Lease): void {
    const ending = new AbortController();
    const name = laneName(lane);
    // To be told once for all lanes, by the next turn.
    const options = { ...this.#options, onSuperseded: () => this.#wakeUp.wake() };
    const ended = new Subscriber(options, ending.signal, { lane, fence: lease })
      .run()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => this.#shares?.release(lease === undefined ? [] : [lease]))
      // Then it runs out.
      .catch(() => {})
      .then(() => {
        this.#running.delete(name);
        this.#wakeUp.wake();
      });
    this.#running.set(name, { lane, lease, ending, ended });
  }

  /** Ends lanes after the steps under way. */
  #end(names: Iterable<string>): Promise<unknown> {
    const ending = [...names].flatMap((name) => this.#running.get(name) ?? []);
    for (const lane of ending) lane.ending.abort();
    return Promise.all(ending.map(({ ended }) => ended));
  }
}
