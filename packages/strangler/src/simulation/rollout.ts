import { analyse, beginStep, newAnalysis } from '../analysis/analysis.ts';
import { analysisRules } from '../analysis/analysis-rules.ts';
import type { AnalysedEvidence } from '../analysis/route-analysis.ts';
import { verdict } from '../analysis/verdict.ts';
import { Histogram } from '../evidence/histogram.ts';
import { ownerMs, type Scenario, type SimulatedRequest } from './scenarios.ts';
import { seeded } from './seeded.ts';

/** How a simulated candidate is brought in. */
export interface Plan {
  /** Shares of the users that the candidate answers, one step each; 0 only compares. */
  readonly shares: readonly number[];
  /** The part of the reads that is compared: in a step that only compares, and in the others. */
  readonly sample: { readonly shadow: number; readonly canary: number };
  readonly requestsPerSecond: number;
  readonly users: number;
  /** Windows of a second after which the rollout counts as undecided. */
  readonly seconds: number;
  /** Requests that each step must see at least. */
  readonly least: number;
}

/** How a simulated rollout ended. */
export interface Ending {
  readonly decision: 'advanced' | 'rolled back' | 'undecided';
  readonly seconds: number;
  /** Share of the users that were answered by the candidate at least once. */
  readonly answered: number;
  /** Share of the users that got a faulty, failed or too slow reply. */
  readonly harmed: number;
}

/** The plan that `banyan migrate` has by default, with a first step for one user in a hundred. */
export const withShadow: Plan = {
  shares: [0, 0.01, 0.05, 0.25, 0.5, 1],
  sample: { shadow: 1, canary: 0.2 },
  requestsPerSecond: 100,
  users: 20_000,
  seconds: 7_200,
  least: 100,
};

/** The same where nothing may be copied before the first users are moved. */
export const canaryOnly: Plan = { ...withShadow, shares: withShadow.shares.slice(1) };

/** Brings a candidate in, window by window, until it is everywhere or rolled back. */
export function simulateRollout(scenario: Scenario, plan: Plan, seed: number): Ending {
  const world = new World(scenario, plan, seeded(seed));
  const rules = analysisRules();
  let analysis = newAnalysis;
  let step = 0;
  let requests = 0;
  for (let second = 1; second <= plan.seconds; second++) {
    const evidence = world.window(plan.shares[step]!);
    analysis = analyse(analysis, { ...evidence, route: 'item' }, { rules, current: true });
    requests += (plan.shares[step] === 0 ? evidence.copies! : evidence.candidate).requests;
    const { kind } = verdict(analysis, { rules });
    if (kind === 'roll-back') return world.end('rolled back', second);
    if (kind !== 'advance' || requests < plan.least) continue;
    step++;
    requests = 0;
    analysis = beginStep(analysis);
    if (step === plan.shares.length) return world.end('advanced', second);
  }
  return world.end('undecided', plan.seconds);
}

class World {
  readonly #answered = new Set<number>();
  readonly #harmed = new Set<number>();
  readonly #scenario: Scenario;
  readonly #plan: Plan;
  readonly #random: () => number;

  constructor(scenario: Scenario, plan: Plan, random: () => number) {
    this.#scenario = scenario;
    this.#plan = plan;
    this.#random = random;
  }

  window(share: number): AnalysedEvidence {
    const { requestsPerSecond, users, sample } = this.#plan;
    const sides = { owner: new Side(), candidate: new Side(), copies: new Side() };
    const shadow = { equal: 0, late: 0, different: 0 };
    for (let n = 0; n < requestsPerSecond; n++) {
      const user = Math.floor(this.#random() * users);
      const request = this.#request(user);
      const reply = this.#scenario.answer(request);
      if (user / users < share) {
        sides.candidate.add(reply.ms, reply.failed);
        this.#answered.add(user);
        // A failed reply is answered by the owner: its user sees nothing of it, and there is nothing to compare.
        if ((reply.different && !reply.failed) || reply.ms > 1.5 * request.ms) this.#harmed.add(user);
        if (!reply.failed && this.#random() < sample.canary)
          shadow[reply.different ? 'different' : 'equal']++;
        continue;
      }
      const failed = this.#random() < 0.001;
      sides.owner.add(request.ownerMs, failed);
      if (failed || this.#random() >= (share === 0 ? sample.shadow : sample.canary)) continue;
      sides.copies.add(reply.ms, reply.failed);
      shadow[reply.different ? 'different' : 'equal']++;
    }
    return {
      owner: sides.owner.stats(),
      candidate: sides.candidate.stats(),
      copies: sides.copies.stats(),
      shadow,
    };
  }

  end(decision: Ending['decision'], seconds: number): Ending {
    const { users } = this.#plan;
    return { decision, seconds, answered: this.#answered.size / users, harmed: this.#harmed.size / users };
  }

  #request(user: number): SimulatedRequest {
    return {
      // The share of a canary grows by the same number, so the country must not depend on it.
      country: ((user * 7_919) % 20_000) / 20_000,
      draw: this.#random(),
      ownerMs: ownerMs(this.#random),
      ms: ownerMs(this.#random),
    };
  }
}

class Side {
  readonly #durations = new Histogram();
  #errors = 0;

  add(ms: number, failed: boolean): void {
    this.#durations.add(ms);
    if (failed) this.#errors++;
  }

  stats(): AnalysedEvidence['owner'] {
    return {
      requests: this.#durations.count,
      errors: this.#errors,
      durations: this.#durations.durations(),
    };
  }
}
