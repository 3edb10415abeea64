import type { AnalysisSettings, Route, RouteMode } from '@banyan/strangler';

/** How a route is led to its candidate, step by step, by the analysis. */
export interface Rollout {
  /** Shares of the clients, in per cent, one stage each. */
  readonly shares: readonly number[];
  /** Whether replies are compared before the first client is answered by the candidate. Default true. */
  readonly compareFirst?: boolean | undefined;
  /** The part (0..1) of the reads that is compared during the shares, whoever answers them. Default 0.2. */
  readonly sample?: number | undefined;
  /** Shares that wait for somebody's approval. Default none. */
  readonly approvals?: readonly number[] | undefined;
  /** Replies that are compared at least before the first share. Default 50. */
  readonly leastCompared?: number | undefined;
  /** Requests that the candidate answers at least at each share. Default 100. */
  readonly leastRequests?: number | undefined;
  readonly analysis?: AnalysisSettings | undefined;
}

/** A route that stands for itself, outside of any migration. */
export interface RouteDefinition extends Omit<Route, 'name' | 'owner' | 'mode'> {
  /** Default `monolith`. */
  readonly owner?: string;
  /** Default the owner. */
  readonly mode?: RouteMode;
  readonly rollout?: Rollout;
}

/** One stage of a rollout. */
export interface Stage {
  /** `compared`, `canary-5`, ..., `moved`. */
  readonly name: string;
  readonly mode: RouteMode;
  readonly needsApproval: boolean;
}

const defaultSample = 0.2;

/** Whether a rollout compares replies at all; where it doesn't, nothing is asked of them. */
export function isCompared({ compareFirst = true, sample = defaultSample }: Rollout): boolean {
  return compareFirst || sample !== 0;
}

/** The stages of a rollout, in order. */
export function stagesOf({
  shares,
  compareFirst = true,
  sample = defaultSample,
  approvals = [],
}: Rollout): Stage[] {
  const first: Stage = { name: 'compared', mode: { kind: 'shadow', sample: 1 }, needsApproval: false };
  return [
    ...(compareFirst ? [first] : []),
    ...shares.map((percent): Stage => {
      const mode: RouteMode = { kind: 'canary', share: percent / 100, sample };
      return { name: `canary-${percent}`, mode, needsApproval: approvals.includes(percent) };
    }),
    { name: 'moved', mode: { kind: 'moved' }, needsApproval: false },
  ];
}
