import type { Measure } from './plan.ts';

/** One thing that must hold for the proof to hold, with the figures that show it. */
export interface Check {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
}

/** What a finished migration shows for itself. */
export interface Proof {
  readonly holds: boolean;
  readonly checks: readonly Check[];
  /** Seen by the proxies since the migration was planned. */
  readonly traffic: {
    readonly requests: number;
    readonly failures: number;
    readonly fallbacks: number;
    readonly answeredByService: number;
  };
  readonly rows: {
    readonly compared: number;
    readonly different: number;
    readonly missing: number;
    readonly extra: number;
  };
  readonly replies: { readonly compared: number; readonly different: number; readonly late: number };
  /** Milliseconds from the monolith's commit to the service's. */
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly samples: number };
  readonly before: readonly Measure[];
  readonly after: readonly Measure[];
  /** Seconds from the plan to the proof. */
  readonly seconds: number;
}
