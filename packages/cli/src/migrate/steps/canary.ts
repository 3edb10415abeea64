import type { Step } from '../step.ts';
import { awaitEvidence, type Observed } from './traffic-evidence.ts';
import { figure } from './verify.ts';

/** Of the reads that the monolith still answers during a canary, the share that is compared as well. */
const comparedShare = 0.2;

/** Lets the service answer a share of the clients, in per cent. */
export const canary =
  (percent: number): Step =>
  async (context) => {
    const { ledger, limits, name } = context;
    const mode = { kind: 'canary', share: percent / 100, sample: comparedShare };
    await ledger.execute(name, 'SetRouteMode', { mode, reason: `${percent} % of the clients` });
    const enough = ({ sum: { candidate } }: Observed) =>
      candidate.requests >= limits.canaryRequests ||
      `${candidate.requests} of ${limits.canaryRequests} requests answered by the service`;
    const { sum } = await awaitEvidence(context, { step: `canary-${percent}`, enough, trust: true });
    const { requests, errors, p99Ms } = sum.candidate;
    return {
      summary: `${figure(requests)} requests answered by the service: ${errors} errors, ${sum.different} different, p99 ${Math.round(p99Ms)} ms`,
      figures: {
        percent,
        requests,
        errors,
        fallbacks: sum.fallbacks,
        compared: sum.compared,
        different: sum.different,
        p99Ms,
      },
    };
  };
