import { expect } from 'vitest';
import { type Example, type Run, until } from './example.ts';

/** As little of the example as shows everything. */
export const small = ['--scale', '0.05', '--rate', '120'];

/** The steps of the catalogue's migration, in their order. */
export const steps = [
  'fed',
  'verified',
  'shadowed',
  'canary-5',
  'canary-25',
  'canary-50',
  'canary-100',
  'moved',
];

/** Draws the moments at which something is killed; told with every failure. */
export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

/** The proof that a run prints at its end; fails where the run did. */
export async function proofOf(run: Run) {
  const code = await run.exited;
  const text = run.stdout();
  // What went wrong is on stderr: shown with the failure.
  if (code !== 0) throw new Error(`exit code ${code}, seed ${seed}\n${run.stderr()}\n${text}`);
  return JSON.parse(text);
}

/** That nothing was lost, different or refused. */
export function expectWhole(proof: Awaited<ReturnType<typeof proofOf>>): void {
  expect(proof).toMatchObject({
    holds: true,
    rows: { different: 0, missing: 0, extra: 0 },
    replies: { different: 0 },
    traffic: { failures: 0 },
    shoppers: { failures: 0 },
  });
  expect(proof.rows.compared).toBeGreaterThan(100);
  expect(proof.replies.compared).toBeGreaterThan(20);
  expect(proof.shoppers.ordersAcknowledged).toBeGreaterThan(0);
}

/** Waits for a step to begin; what the run has said is shown with the failure. */
export async function stepBegan(shop: Example, step: string, run: Run): Promise<void> {
  const begun = async () => {
    if ((await shop.steps())?.[step] !== undefined) return true;
    if (run.child.exitCode === null) return undefined;
    throw new Error(`The run has ended with ${run.child.exitCode} before the step ${step}`);
  };
  await until(`the step ${step}`, begun).catch((error: Error) => {
    throw new Error(`${error.message}, seed ${seed}\n${run.stderr()}`);
  });
}
