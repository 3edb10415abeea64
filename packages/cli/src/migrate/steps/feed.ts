import { preflightChangeFeed, sourcePosition } from '@banyan/postgres';
import { type Checkpoint, Invalid, Unavailable } from '@banyan/runtime';
import { pause } from '../lag-samples.ts';
import type { Step, StepContext } from '../step.ts';

/** How long a service may say nothing before the step says so. */
const silenceMs = 5_000;

/** Lets the service take its snapshot of the monolith's tables and follow them, and waits until it has caught up. */
export const feed: Step = async (context) => {
  const { checkpoints, plan, limits, monolith } = context;
  const began = performance.now();
  const before = await checkpoints.load(plan.subscription, 'stopped');
  if (before.position === 0n) await refuseUnfitSource(context);
  await checkpoints.control(plan.subscription, { desired: 'running', holdAt: null });
  for (;;) {
    // Caught up is what reaches the source's present end within the limit: how long that takes is the lag.
    const lap = performance.now();
    const target = await sourcePosition(monolith);
    await reach(context, target, began);
    const lagMs = Math.round(performance.now() - lap);
    if (lagMs > limits.lagMs) continue;
    const seconds = (performance.now() - began) / 1000;
    return {
      summary: `follows ${plan.tables.length} tables, caught up in ${seconds.toFixed(1)} s, ${lagMs} ms behind`,
      figures: { tables: plan.tables.length, position: String(target), lagMs, seconds },
    };
  }
};

async function reach(context: StepContext, target: bigint, began: number): Promise<void> {
  const { checkpoints, plan, limits, signal } = context;
  for (;;) {
    signal.throwIfAborted();
    const checkpoint = await checkpoints.load(plan.subscription);
    if (checkpoint.position >= target) return;
    const waitedMs = performance.now() - began;
    if (waitedMs > limits.stepTimeoutMs) throw notFollowing(context, checkpoint);
    context.progress(describe(context, checkpoint, waitedMs));
    await pause(50, signal);
  }
}

async function refuseUnfitSource({ monolith, plan }: StepContext): Promise<void> {
  const problems = await preflightChangeFeed(monolith, { tables: plan.tables });
  const [first] = problems;
  if (first === undefined) return;
  const all = problems.map((problem) => `${problem.message} ${problem.remedy}`).join('\n');
  throw new Invalid(first.code, all, { details: { problems } });
}

function describe({ plan }: StepContext, checkpoint: Checkpoint, waitedMs: number): string {
  const error = checkpoint.reported?.error;
  if (error !== undefined) return `the service reports: ${error}`;
  if (checkpoint.position > 0n) return `following, at ${checkpoint.position}`;
  if (waitedMs > silenceMs && checkpoint.reported === undefined) {
    return `waiting for ${plan.service} to follow the monolith: does it run, and subscribe as ${plan.subscription}?`;
  }
  return 'copying the tables as they are now';
}

function notFollowing({ plan, limits }: StepContext, checkpoint: Checkpoint): Unavailable {
  const reason = checkpoint.reported?.error ?? `it stands at position ${checkpoint.position}`;
  return new Unavailable(
    'feed-behind',
    `The subscription ${plan.subscription} of ${plan.service} did not catch up within ${limits.stepTimeoutMs / 1000} s: ${reason}`,
  );
}
