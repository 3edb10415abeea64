import { fieldOf } from '../compare/json-path.ts';
import { type Noise, noisyFields } from '../compare/noise.ts';
import { redactedPath } from '../compare/redact.ts';
import type { Difference } from '../compare/reply.ts';
import type { CompiledRoute } from '../routes/compile-route-table.ts';
import type { DifferenceSample, Evidence, ShadowStats, SideStats } from './evidence.ts';
import { Histogram } from './histogram.ts';

const maxSamples = 5;
const samplesPerField = 2;
const maxFields = 20;
const otherFields = '…';

/** What came of one read copied to the candidate. */
export type ShadowOutcome = 'equal' | 'late' | 'different' | 'failed' | 'dropped';

class Side {
  readonly #durations = new Histogram();
  #errors = 0;

  add(ms: number, error: boolean): void {
    this.#durations.add(ms);
    if (error) this.#errors++;
  }

  stats(): SideStats {
    const durations = this.#durations;
    return {
      requests: durations.count,
      errors: this.#errors,
      p50Ms: round(durations.quantile(0.5)),
      p99Ms: round(durations.quantile(0.99)),
      maxMs: round(durations.max),
      durations: durations.durations(),
    };
  }
}

/** Gathers what happens on one route of one table until it is reported. */
export class EvidenceWindow {
  readonly owner = new Side();
  readonly candidate = new Side();
  readonly copies = new Side();
  readonly #outcomes: Record<ShadowOutcome, number> = {
    equal: 0,
    late: 0,
    different: 0,
    failed: 0,
    dropped: 0,
  };
  readonly #samples: DifferenceSample[] = [];
  readonly #fields = new Map<string, number>();
  fallbacks = 0;
  /** Set where noise was learnt. */
  noise: Noise | undefined;

  /** Counts one read copied to the candidate; the first differences are kept as samples. */
  shadowed(outcome: ShadowOutcome, method = '', url = '', differences: readonly Difference[] = []): void {
    this.#outcomes[outcome]++;
    for (const difference of differences) {
      const known = fieldOf(difference.at);
      const field = this.#fields.has(known) || this.#fields.size < maxFields ? known : otherFields;
      const count = (this.#fields.get(field) ?? 0) + 1;
      this.#fields.set(field, count);
      if (count > samplesPerField || this.#samples.length >= maxSamples) continue;
      this.#samples.push({ method, path: redactedPath(url), ...difference });
    }
  }

  /** Closes the window. */
  report({ route, revision }: CompiledRoute, from: Date, to: Date, instance: string | undefined): Evidence {
    return {
      route: route.name,
      revision,
      from,
      to,
      ...(instance === undefined ? {} : { instance }),
      owner: this.owner.stats(),
      candidate: this.candidate.stats(),
      copies: this.copies.stats(),
      shadow: this.#shadowStats(),
      differences: this.#samples,
      fields: [...this.#fields].map(([field, count]) => ({ field, count })),
      ...(this.noise === undefined ? {} : { noise: noisyFields(this.noise) }),
      fallbacks: this.fallbacks,
    };
  }

  #shadowStats(): ShadowStats {
    const { equal, late, different, failed, dropped } = this.#outcomes;
    return { samples: equal + late + different + failed, equal, late, different, failed, dropped };
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
