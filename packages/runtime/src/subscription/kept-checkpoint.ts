import { systemTiming } from '../timing/timing.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { SubscribeOptions } from './subscribe.ts';

type KeptWith<Tx> = Pick<SubscribeOptions<never, Tx>, 'checkpoints' | 'initial' | 'timing'>;

/** A checkpoint is looked at so often where nobody tells of its changes. */
const lookEveryMs = 1_000;

/** The checkpoint of a subscriber as the store has it, and as others change it. */
export class KeptCheckpoint<Tx> {
  readonly #name: string;
  readonly #options: KeptWith<Tx>;
  readonly #signal: AbortSignal;

  constructor(name: string, options: KeptWith<Tx>, signal: AbortSignal) {
    this.#name = name;
    this.#options = options;
    this.#signal = signal;
  }

  load(): Promise<Checkpoint> {
    return this.#options.checkpoints.load(this.#name, this.#options.initial);
  }

  /** The first that `holds`, or undefined when the subscription ends before. */
  async until(holds: (checkpoint: Checkpoint) => boolean): Promise<Checkpoint | undefined> {
    const { checkpoints, timing = systemTiming } = this.#options;
    let checkpoint = await this.load();
    while (!holds(checkpoint) && !this.#signal.aborted) {
      const settled = new AbortController();
      const waiting = AbortSignal.any([this.#signal, settled.signal]);
      // Waiting begins before the next look, so that a change between the two is not missed.
      const change = checkpoints
        .changed(this.#name, lookEveryMs, waiting)
        .catch(() => timing.sleep(lookEveryMs, waiting));
      try {
        checkpoint = await this.load();
        if (!holds(checkpoint)) await change;
      } finally {
        settled.abort();
      }
    }
    return this.#signal.aborted ? undefined : checkpoint;
  }
}
