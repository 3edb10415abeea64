import type { Step } from '../step.ts';

/** The longest time that a timer can wait: 24 days. */
const longestMs = 2_147_483_647;

/** Waits until somebody approves of the step; routes are answered meanwhile as they were. */
export const approval =
  (step: string): Step =>
  async ({ ledger, name, progress, signal }) => {
    progress(`waits for: banyan migrate ${name} approve ${step} --why <reason>`);
    const { by, reason } = await ledger.until((view) => view.migrations[name]?.approvals[step], {
      timeoutMs: longestMs,
      what: `the approval of ${step}`,
      signal,
    });
    return { summary: `approved by ${by}: ${reason}`, figures: { by, reason } };
  };
