import { type BanyanError, toBanyanError } from '../errors/errors.ts';
import type { FeedBatch } from '../feed/feed.ts';
import { type Filterable, feedTest } from '../feed/feed-filter.ts';
import type { Lease } from '../lease/lease.ts';
import { systemTiming, type Timing } from '../timing/timing.ts';
import type { AdvanceOutcome, Checkpoint } from './checkpoint.ts';
import { divideStep } from './divide-step.ts';
import { FailedStep } from './failed-step.ts';
import { KeptCheckpoint } from './kept-checkpoint.ts';
import { type Lane, laneName, laneOfStream, lanesOf } from './lane.ts';
import { hasLanes } from './lanes-changed.ts';
import { retryTemporary } from './recovery.ts';
import { redrive } from './redrive.ts';
import type { SubscribeOptions } from './subscribe.ts';
import { oneStep, type SubscriberStep } from './subscriber-step.ts';
import { SubscriptionReporter } from './subscription-reporter.ts';
import { isOther, tellSuperseded } from './version.ts';

const WAIT_MS = 1_000;
type Next = 'go-on' | 'reload';

/** Which part of a subscription a subscriber takes, and the lease that fences it. */
export interface SubscriberPlace {
  readonly lane: Lane;
  readonly fence?: Lease;
}

/** The loop behind `subscribe`: load the checkpoint, read the feed after it, advance step by step. */
export class Subscriber<Entry extends { readonly position: bigint }, Tx> {
  readonly #options: SubscribeOptions<Entry, Tx>;
  readonly #signal: AbortSignal;
  readonly #timing: Timing;
  readonly #reporter: SubscriptionReporter | undefined;
  readonly #passes: (entry: Entry) => boolean;
  readonly #place: SubscriberPlace;
  /** Of the checkpoint: the lane's. */
  readonly #name: string;
  readonly #kept: KeptCheckpoint<Tx>;
  /** The checkpoint as this reader knows it. */
  #position = 0n;
  #failures = 0;
  /** Somebody else has the lease. */
  #fenced = false;
  /** The checkpoint is of another version. */
  #waits = false;
  /** A failure is somewhere up to here: entries are applied one by one until it is found or passed. */
  #oneByOneUntil = 0n;
  /** The step or redrive under way; they take turns, because both begin at the checkpoint as it is. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SubscribeOptions<Entry, Tx>, signal: AbortSignal, place?: SubscriberPlace) {
    this.#options = options;
    this.#signal = signal;
    this.#place = place ?? { lane: lanesOf(options.name, 1)[0]! };
    this.#name = laneName(this.#place.lane);
    this.#kept = new KeptCheckpoint(this.#name, options, signal);
    this.#timing = options.timing ?? systemTiming;
    if (options.report !== false)
      this.#reporter = new SubscriptionReporter(this.#name, options.checkpoints, this.#timing);
    const passes = options.filter && feedTest(options.filter);
    // Where a filter is given the feed is one of events. A feed may leave filtering to its reader.
    this.#passes = (entry) =>
      this.#isOurs(entry as Partial<Filterable>) && (passes?.(entry as unknown as Filterable) ?? true);
  }

  #isOurs({ streamId = '' }: { readonly streamId?: string }): boolean {
    const { lane } = this.#place;
    return laneOfStream(streamId, lane.of) === lane.number;
  }

  /** Ends when the signal aborts or the lease is lost; rejects when a failure is not to be retried. */
  async run(): Promise<void> {
    while (!this.#signal.aborted && !this.#fenced) {
      try {
        await this.#follow();
      } catch (caught) {
        if (this.#signal.aborted) return;
        await this.#recover(caught);
      }
    }
  }

  async #recover(caught: unknown): Promise<void> {
    const failed: FailedStep<Entry> | undefined = caught instanceof FailedStep ? caught : undefined;
    const error = toBanyanError(failed === undefined ? caught : failed.cause);
    if (failed === undefined && !error.retryable && (await this.#isElsewhere())) return;
    this.#failures += 1;
    await this.#reporter?.failed(error);
    const strategy = this.#options.onError ?? retryTemporary();
    const decision = strategy.decide(error, this.#failures, this.#timing.random());
    if (typeof decision === 'object') return this.#timing.sleep(decision.retryAfterMs, this.#signal);
    // Rows of a snapshot do not move the checkpoint: without one of them the snapshot would not be one.
    if (decision === 'stop' || failed === undefined || failed.to <= this.#position) throw error;
    if (!failed.divisible) return this.#leaveOut(failed, error, decision);
    this.#oneByOneUntil = failed.entries.at(-1)!.position;
    this.#failures = 0;
  }

  /** Whether somebody else has moved the checkpoint: what is wrong with reading from where it was says nothing then. */
  async #isElsewhere(): Promise<boolean> {
    const now = await this.#kept.load().catch(() => undefined);
    return now !== undefined && now.position > this.#position;
  }

  async #leaveOut(
    { entries, to }: FailedStep<Entry>,
    error: BanyanError,
    how: 'skip' | 'dead-letter',
  ): Promise<void> {
    const { name, deadLetters, onLeftOut } = this.#options;
    const { streamId } = entries[0] as { readonly streamId?: string };
    const letter = {
      subscription: name,
      position: entries[0]!.position,
      ...(streamId === undefined ? {} : { streamId }),
      entry: entries.length === 1 ? entries[0] : entries,
      code: error.code,
      reason: error.message,
      attempts: this.#failures,
    };
    try {
      const outcome = await this.#step(to, async (tx) => {
        if (how === 'dead-letter') await deadLetters?.add(tx, letter);
      });
      if (outcome !== 'advanced') return;
      onLeftOut?.({ entries, error, how });
      await this.#advanced();
    } catch (caught) {
      const problem = toBanyanError(caught);
      await this.#reporter?.failed(problem);
      if (!problem.retryable) throw problem;
      await this.#timing.sleep(WAIT_MS, this.#signal);
    }
  }

  /** Reads until the checkpoint must be loaded again. */
  async #follow(): Promise<void> {
    const checkpoint = await this.#kept.until(
      (now) => !this.#waitsForVersion(now) && (now.desired === 'running' || this.#mayForget(now)),
    );
    if (checkpoint === undefined) return;
    // Else it would take what the lanes take.
    if (checkpoint.lanes !== undefined) throw hasLanes(this.#name, checkpoint.lanes);
    this.#begin(checkpoint.position);
    if (this.#mayForget(checkpoint)) return this.#forget();
    const { feed, limit, filter, removed } = this.#options;
    const reading = new AbortController();
    const signal = AbortSignal.any([this.#signal, reading.signal]);
    const watching = this.#watch(reading);
    try {
      for await (const batch of feed.read({ after: this.#position, limit, filter, removed, signal })) {
        if ((await this.#takeBatch(batch, signal)) === 'reload') return;
      }
      // A feed that ends by itself is read again, but not in a tight circle.
      await this.#timing.sleep(WAIT_MS, signal);
    } finally {
      reading.abort();
      await watching;
    }
  }

  #begin(position: bigint): void {
    if (position < this.#position) this.#oneByOneUntil = 0n;
    this.#position = position;
  }

  /** Ends a reading when something else is wanted, so that the source is let go of; handles dead letters again. */
  async #watch(reading: AbortController): Promise<void> {
    while (!reading.signal.aborted) {
      await systemTiming.sleep(WAIT_MS, reading.signal);
      if (reading.signal.aborted) return;
      const committed = this.#position;
      // When the store is away, the next advance says so.
      const now = await this.#kept.load().catch(() => undefined);
      if (now === undefined) continue;
      // Behind what was committed before the look: somebody has put the checkpoint back.
      if (
        now.desired === 'stopped' ||
        this.#mayForget(now) ||
        this.#isSuperseded(now) ||
        now.position < committed
      )
        reading.abort();
      else await this.#redrive(reading.signal).catch(() => {});
    }
  }

  #redrive(signal: AbortSignal): Promise<void> {
    const { name, deadLetters, handle } = this.#options;
    if (deadLetters === undefined) return Promise.resolve();
    return redrive({
      subscription: name,
      deadLetters,
      takes: (letter) => this.#isOurs(letter),
      step: (work) => this.#step('here', work),
      handle: (entry, tx) => {
        const entries = (Array.isArray(entry) ? entry : [entry]) as readonly Entry[];
        return handle(entries, tx, this.#position);
      },
      signal: AbortSignal.any([this.#signal, signal]),
    });
  }

  async #takeBatch(batch: FeedBatch<Entry>, signal: AbortSignal): Promise<Next> {
    const { steps = oneStep } = this.#options;
    for (const step of steps({ ...batch, entries: batch.entries.filter(this.#passes) })) {
      if (signal.aborted || (await this.#take(step)) === 'reload') return 'reload';
    }
    return 'go-on';
  }

  async #take(step: SubscriberStep<Entry>): Promise<Next> {
    if (step.do === 'reset') return this.#reset();
    if (step.entries.length === 0 && step.to <= this.#position)
      return this.#stillOurs(await this.#kept.load());
    for (const part of divideStep(step, this.#oneByOneUntil)) {
      if ((await this.#apply(part)) === 'reload') return 'reload';
    }
    return 'go-on';
  }

  async #apply(step: SubscriberStep<Entry> & { do: 'apply' }): Promise<Next> {
    const { to, whole } = step;
    let rest = step.entries;
    for (;;) {
      const outcome = await this.#advance(rest, to);
      if (outcome !== 'held') return outcome === 'advanced' ? 'go-on' : 'reload';
      const held = await this.#kept.until(
        (now) =>
          this.#stillOurs(now) === 'reload' || (whole ? reaches(now, to) : reaches(now, this.#position + 1n)),
      );
      if (held === undefined || this.#stillOurs(held) === 'reload') return 'reload';
      const hold = held.holdAt;
      if (whole || hold === undefined || hold >= to) continue;
      const within = rest.filter(({ position }) => position <= hold);
      const part = await this.#advance(within, hold);
      if (part === 'advanced') rest = rest.slice(within.length);
      else if (part !== 'held') return 'reload';
    }
  }

  async #advance(entries: readonly Entry[], to: bigint): Promise<AdvanceOutcome> {
    const { handle, committedAt } = this.#options;
    const work = entries.length === 0 ? undefined : (tx: Tx) => handle(entries, tx, to);
    const outcome = await this.#step(to, work).catch((cause: unknown) => {
      throw entries.length === 0 ? cause : new FailedStep(entries, to, cause);
    });
    const newest = entries.at(-1);
    if (outcome === 'advanced') await this.#advanced(newest && committedAt?.(newest));
    return outcome;
  }

  async #advanced(appliedAt?: Date): Promise<void> {
    await this.#options.feed.confirm?.(this.#position);
    this.#failures = 0;
    await this.#reporter?.advanced(appliedAt);
  }

  /** One transaction that moves the checkpoint to `to`, or leaves it where it is. */
  #step(to: bigint | 'here', work: ((tx: Tx) => Promise<void>) | undefined): Promise<AdvanceOutcome> {
    const { fence } = this.#place;
    const { version } = this.#options;
    return this.#inTurn(async () => {
      const step = { from: this.#position, to: to === 'here' ? this.#position : to, fence, version };
      const outcome = await this.#options.checkpoints.advance(this.#name, step, work);
      if (outcome === 'fenced') this.#fenced = true;
      if (outcome === 'advanced') this.#position = step.to;
      return outcome;
    });
  }

  async #reset(): Promise<Next> {
    if (this.#stillOurs(await this.#kept.load()) === 'reload') return 'reload';
    await this.#forget();
    return 'go-on';
  }

  /** Puts everything back to the beginning; what was given up on will be met again. */
  async #forget(): Promise<void> {
    const { name, checkpoints, reset, deadLetters } = this.#options;
    const work = async (tx: Tx) => {
      await deadLetters?.remove(tx, name);
      await reset?.(tx);
    };
    const outcome = await this.#inTurn(() => checkpoints.reset(name, work, this.#place.fence));
    if (outcome === 'fenced') this.#fenced = true;
    else this.#begin(0n);
  }

  #inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(step);
    this.#turn = result.catch(() => {});
    return result;
  }

  #stillOurs(now: Checkpoint): Next {
    const same = now.desired === 'running' && now.position === this.#position;
    return same && !this.#mayForget(now) && !this.#isSuperseded(now) ? 'go-on' : 'reload';
  }

  #isSuperseded({ version }: Checkpoint): boolean {
    return isOther(version, this.#options.version);
  }

  /** As above, and tells once when the waiting begins. */
  #waitsForVersion(now: Checkpoint): boolean {
    const waits = this.#isSuperseded(now);
    if (waits && !this.#waits) tellSuperseded(this.#options, now);
    this.#waits = waits;
    return waits;
  }

  /** The first lane forgets for all of them. */
  #mayForget({ resetWanted }: Checkpoint): boolean {
    return resetWanted === true && this.#place.lane.number === 1;
  }
}

function reaches({ holdAt }: Checkpoint, position: bigint): boolean {
  return holdAt === undefined || holdAt >= position;
}
