import type { CheckpointStore } from '@banyan/runtime';

/** How many samples one step keeps: about ten minutes of reports. */
const keptSamples = 600;
const lookEveryMs = 500;

/** Collects how far a subscription is behind its source, from its own reports. */
export interface LagSamples extends AsyncDisposable {
  /** The samples since the last call, in milliseconds, the newest report included. */
  take(): Promise<number[]>;
}

/** Looks at a subscription's reports until it is disposed. */
export function sampleLag(checkpoints: CheckpointStore<unknown>, subscription: string): LagSamples {
  const stopping = new AbortController();
  let samples: number[] = [];
  let newest = 0;

  async function look(): Promise<void> {
    const reported = await checkpoints.load(subscription, 'stopped').then(
      (checkpoint) => checkpoint.reported,
      () => undefined,
    );
    if (reported?.lagMs === undefined || reported.at.getTime() <= newest) return;
    newest = reported.at.getTime();
    samples = [...samples, reported.lagMs].slice(-keptSamples);
  }

  async function lookAgain(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look();
      await pause(lookEveryMs, stopping.signal);
    }
  }

  const looking = lookAgain();
  return {
    async take() {
      await look();
      const taken = samples;
      samples = [];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await looking;
    },
  };
}

/** The value below which a share of the samples lies (nearest rank); 0 without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Waits; ends early, without an error, when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
