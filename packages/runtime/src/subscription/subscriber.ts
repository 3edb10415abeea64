import { toBanyanError } from '../errors/errors.ts';
import { systemTiming, type Timing } from '../timing/timing.ts';
import type { AdvanceOutcome, Checkpoint } from './checkpoint.ts';
import { retryTemporary } from './recovery.ts';
import type { SubscribeOptions } from './subscribe.ts';
import { oneStep, type SubscriberStep } from './subscriber-step.ts';
import { SubscriptionReporter } from './subscription-reporter.ts';

const WAIT_MS = 1_000;
type Next = 'go-on' | 'reload';

/** The loop behind `subscribe`: load the checkpoint, read the feed after it, advance step by step. */
export class Subscriber<Entry extends { readonly position: bigint }, Tx> {
  readonly #options: SubscribeOptions<Entry, Tx>;
  readonly #signal: AbortSignal;
  readonly #timing: Timing;
  readonly #reporter: SubscriptionReporter | undefined;
  /** The checkpoint as this reader knows it. */
  #position = 0n;
  #failures = 0;

  constructor(options: SubscribeOptions<Entry, Tx>, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#timing = options.timing ?? systemTiming;
    if (options.report !== false)
      this.#reporter = new SubscriptionReporter(options.name, options.checkpoints, this.#timing);
  }

  /** Ends when the signal aborts; rejects when a failure is not to be retried. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#follow();
      } catch (caught) {
        if (this.#signal.aborted) return;
        await this.#recover(caught);
      }
    }
  }

  async #recover(caught: unknown): Promise<void> {
    const error = toBanyanError(caught);
    this.#failures += 1;
    await this.#reporter?.failed(error);
    const strategy = this.#options.onError ?? retryTemporary();
    const decision = strategy.decide(error, this.#failures, this.#timing.random());
    if (decision === 'stop') throw error;
    await this.#timing.sleep(decision.retryAfterMs, this.#signal);
  }

  /** Reads until the checkpoint must be loaded again. */
  async #follow(): Promise<void> {
    const { feed, limit, steps = oneStep } = this.#options;
    const checkpoint = await this.#until(({ desired }) => desired === 'running');
    if (checkpoint === undefined) return;
    this.#position = checkpoint.position;
    const reading = new AbortController();
    const signal = AbortSignal.any([this.#signal, reading.signal]);
    void this.#watchCheckpoint(reading);
    try {
      for await (const batch of feed.read({ after: this.#position, limit, signal })) {
        for (const step of steps(batch)) {
          if (signal.aborted || (await this.#take(step)) === 'reload') return;
        }
      }
      // A feed that ends by itself is read again, but not in a tight circle.
      await this.#timing.sleep(WAIT_MS, signal);
    } finally {
      reading.abort();
    }
  }

  /** Ends a reading that waits for entries when stopped is wanted, so that the source is let go of, or to begin anew. */
  async #watchCheckpoint(reading: AbortController): Promise<void> {
    while (!reading.signal.aborted) {
      await systemTiming.sleep(WAIT_MS, reading.signal);
      if (reading.signal.aborted) return;
      const committed = this.#position;
      // When the store is away, the next advance says so.
      const now = await this.#load().catch(() => undefined);
      // Behind what was committed before the look: somebody has put the checkpoint back.
      if (now !== undefined && (now.desired === 'stopped' || now.position < committed)) reading.abort();
    }
  }

  async #take(step: SubscriberStep<Entry>): Promise<Next> {
    if (step.do === 'reset') return this.#reset();
    if (step.entries.length > 0 || step.to > this.#position) return this.#apply(step);
    return this.#stillOurs(await this.#load());
  }

  async #apply(step: SubscriberStep<Entry> & { do: 'apply' }): Promise<Next> {
    const { to, whole } = step;
    let rest = step.entries;
    for (;;) {
      const outcome = await this.#advance(rest, to);
      if (outcome !== 'held') return outcome === 'advanced' ? 'go-on' : 'reload';
      const held = await this.#until(
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
    const { name, checkpoints, handle, feed, committedAt } = this.#options;
    const outcome = await checkpoints.advance(name, { from: this.#position, to }, async (tx) => {
      if (entries.length > 0) await handle(entries, tx, to);
    });
    if (outcome !== 'advanced') return outcome;
    this.#position = to;
    await feed.confirm?.(to);
    this.#failures = 0;
    const newest = entries.at(-1);
    await this.#reporter?.advanced(newest && committedAt?.(newest));
    return outcome;
  }

  async #reset(): Promise<Next> {
    const { name, checkpoints, reset } = this.#options;
    if (this.#stillOurs(await this.#load()) === 'reload') return 'reload';
    await checkpoints.reset(name, async (tx) => reset?.(tx));
    this.#position = 0n;
    return 'go-on';
  }

  #load(): Promise<Checkpoint> {
    return this.#options.checkpoints.load(this.#options.name, this.#options.initial);
  }

  #stillOurs({ desired, position }: Checkpoint): Next {
    return desired === 'running' && position === this.#position ? 'go-on' : 'reload';
  }

  /** The first checkpoint that `holds`, or undefined when the subscription ends before. */
  async #until(holds: (checkpoint: Checkpoint) => boolean): Promise<Checkpoint | undefined> {
    const { name, checkpoints } = this.#options;
    let checkpoint = await this.#load();
    while (!holds(checkpoint) && !this.#signal.aborted) {
      const settled = new AbortController();
      const waiting = AbortSignal.any([this.#signal, settled.signal]);
      // Waiting begins before the next look, so that a change between the two is not missed.
      const change = checkpoints
        .changed(name, WAIT_MS, waiting)
        .catch(() => this.#timing.sleep(WAIT_MS, waiting));
      try {
        checkpoint = await this.#load();
        if (!holds(checkpoint)) await change;
      } finally {
        settled.abort();
      }
    }
    return this.#signal.aborted ? undefined : checkpoint;
  }
}

function reaches({ holdAt }: Checkpoint, position: bigint): boolean {
  return holdAt === undefined || holdAt >= position;
}
