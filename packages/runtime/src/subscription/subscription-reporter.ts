import type { BanyanError } from '../errors/errors.ts';
import type { Timing } from '../timing/timing.ts';
import type { CheckpointStore } from './checkpoint.ts';

const INTERVAL_MS = 1_000;

/** Writes what a subscription tells about itself, at most once a second and on every change between well and failing. */
export class SubscriptionReporter {
  readonly #name: string;
  readonly #checkpoints: Pick<CheckpointStore<never>, 'report'>;
  readonly #timing: Timing;
  #last = Number.NEGATIVE_INFINITY;
  #failing = false;

  constructor(name: string, checkpoints: Pick<CheckpointStore<never>, 'report'>, timing: Timing) {
    this.#name = name;
    this.#checkpoints = checkpoints;
    this.#timing = timing;
  }

  /** An advance succeeded; `appliedAt` is when its newest entry was committed at the source, where that is known. */
  async advanced(appliedAt: Date | undefined): Promise<void> {
    const now = this.#timing.now();
    if (!this.#failing && (appliedAt === undefined || now - this.#last < INTERVAL_MS)) return;
    this.#failing = false;
    this.#last = now;
    const lag = appliedAt && { appliedAt, lagMs: Math.max(0, now - appliedAt.getTime()) };
    await this.#send(lag ?? {});
  }

  /** Something failed and is retried, or has stopped the subscription. */
  async failed(error: BanyanError): Promise<void> {
    this.#failing = true;
    this.#last = this.#timing.now();
    await this.#send({ error: `${error.code}: ${error.message}` });
  }

  async #send(report: Parameters<CheckpointStore<never>['report']>[1]): Promise<void> {
    try {
      await this.#checkpoints.report(this.#name, report);
    } catch {
      // A report only informs; when its store is away, the next advance fails and says so.
    }
  }
}
