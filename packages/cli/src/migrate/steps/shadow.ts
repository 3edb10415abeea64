import type { Step } from '../step.ts';
import { awaitEvidence, type Observed } from './traffic-evidence.ts';
import { figure } from './verify.ts';

/**
 * A reply that differs is asked for again before it counts, and evidence travels once a second: by then all that was compared is
 * known.
 */
const settleMs = 3_000;

/** Copies the reads to the service and compares the replies; no client is answered by the service yet. */
export const shadow: Step = async (context) => {
  const { ledger, limits, name } = context;
  const mode = { kind: 'shadow', sample: 1 };
  await ledger.execute(name, 'SetRouteMode', { mode, reason: 'compare the replies of the service' });
  const enough = ({ byRoute }: Observed) => {
    const wanting = Object.entries(byRoute).filter(([, route]) => route.compared < limits.shadowSamples);
    if (wanting.length === 0) return true;
    const compared = Object.values(byRoute).reduce((total, route) => total + route.compared, 0);
    const [fewest] = wanting.sort(([, a], [, b]) => a.compared - b.compared);
    return `${figure(compared)} replies compared, ${fewest?.[0]} has ${fewest?.[1].compared} of ${limits.shadowSamples}`;
  };
  const { sum } = await awaitEvidence(context, { step: 'shadowed', enough, trust: true, settleMs });
  return {
    summary: `${figure(sum.compared)} replies compared: ${sum.different} different, ${sum.late} equal once the feed caught up`,
    figures: { compared: sum.compared, equal: sum.equal, late: sum.late, different: sum.different },
  };
};
