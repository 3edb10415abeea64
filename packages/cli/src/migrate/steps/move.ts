import type { Step } from '../step.ts';
import { awaitEvidence, type Observed } from './traffic-evidence.ts';
import { figure, verificationFigures, verifyTables } from './verify.ts';

/** Gives the reads to the service; the monolith stays their fallback. The rows are compared once more. */
export const move: Step = async (context) => {
  const { ledger, limits, name } = context;
  await ledger.execute(name, 'SetRouteMode', {
    mode: { kind: 'moved' },
    reason: 'the service answers all reads',
  });
  const enough = ({ sum: { candidate } }: Observed) =>
    candidate.requests >= limits.canaryRequests ||
    `${candidate.requests} of ${limits.canaryRequests} requests answered by the service`;
  // Nothing can be compared any more: what was shown in the canary stays shown unless something speaks against it.
  const { sum } = await awaitEvidence(context, { step: 'moved', enough, trust: false });
  const found = await verifyTables(context);
  const { requests, errors } = sum.candidate;
  return {
    summary: `the service answers: ${figure(requests)} requests, ${errors} errors; ${figure(found.compared)} rows compared again, 0 different`,
    figures: { requests, errors, fallbacks: sum.fallbacks, ...verificationFigures(found) },
  };
};
