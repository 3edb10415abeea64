import type { Step } from '../step.ts';
import { awaitEvidence } from './traffic-evidence.ts';
import { figure, verificationFigures, verifyTables } from './verify.ts';

/** Gives the reads to the service; the monolith stays their fallback. The rows are compared once more. */
export const move: Step = async (context) => {
  const { ledger, limits, name } = context;
  await ledger.execute(name, 'SetRouteMode', {
    mode: { kind: 'moved' },
    reason: 'the service answers all reads',
  });
  const { sum } = await awaitEvidence(context, (observed) => {
    const answered = observed.sum.candidate.requests;
    return (
      answered >= limits.canaryRequests ||
      `${answered} of ${limits.canaryRequests} requests answered by the service`
    );
  });
  const found = await verifyTables(context);
  const { requests, errors } = sum.candidate;
  return {
    summary: `the service answers: ${figure(requests)} requests, ${errors} errors; ${figure(found.compared)} rows compared again, 0 different`,
    figures: { requests, errors, fallbacks: sum.fallbacks, ...verificationFigures(found) },
  };
};
