import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Example, example, isRunning, type Run, until } from './testing/example.ts';

const small = ['--scale', '0.05', '--rate', '120'];
const steps = ['fed', 'verified', 'shadowed', 'canary-5', 'canary-25', 'canary-50', 'canary-100', 'moved'];
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

/** A moment within a step, drawn from the seed. */
function delayAt(step: number): number {
  let state = (seed + step * 0x9e3779b9) >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x45d9f3b) >>> 0;
  return (state ^ (state >>> 16)) % 400;
}

async function proofOf(run: Run) {
  const code = await run.exited;
  const text = run.stdout();
  // What went wrong is on stderr: shown with the failure.
  if (code !== 0) throw new Error(`exit code ${code}, seed ${seed}\n${run.stderr()}\n${text}`);
  return JSON.parse(text);
}

function expectWhole(proof: Awaited<ReturnType<typeof proofOf>>): void {
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
async function stepBegan(shop: Example, step: string, run: Run): Promise<void> {
  const begun = async () => {
    if ((await shop.steps())?.[step] !== undefined) return true;
    if (run.child.exitCode === null) return undefined;
    throw new Error(`The run has ended with ${run.child.exitCode} before the step ${step}`);
  };
  await until(`the step ${step}`, begun).catch((error: Error) => {
    throw new Error(`${error.message}, seed ${seed}\n${run.stderr()}`);
  });
}

describe('the extraction of the catalogue', () => {
  let shop: Example;
  beforeAll(() => {
    shop = example();
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  test('moves the reads and proves it, and leaves no process behind', { timeout: 180_000 }, async () => {
    const run = shop.start(['--once', '--json', ...small]);
    await stepBegan(shop, 'fed', run);
    expect(await shop.verb('route', 'list')).toMatch(/item +\/api\/items\/:id .*migration/);
    const pids = Object.values(shop.pids());
    expectWhole(await proofOf(run));
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('started again it finds the work done and says so', { timeout: 60_000 }, async () => {
    const run = shop.start(['--once', ...small]);
    expect(await run.exited).toBe(0);
    for (const step of steps) expect(run.stdout()).toMatch(new RegExp(`✓ ${step} .*`));
    expect(run.stdout().match(/done before/g)?.length).toBeGreaterThanOrEqual(steps.length - 1);
  });

  test('rolled back, it puts the reads back, says so, and says so again', { timeout: 60_000 }, async () => {
    const first = shop.start(['rollback']);
    expect(await first.exited).toBe(0);
    expect(first.stdout()).toContain('rolled back');
    const second = shop.start(['rollback']);
    expect(await second.exited).toBe(0);
    expect(second.stdout()).toContain('nothing to put back');
  });
});

describe('an extraction that is killed', () => {
  test('goes on in every step in which its orchestrator was killed', { timeout: 300_000 }, async () => {
    await using shop = example();
    let run = shop.start(['--once', '--json', ...small]);
    for (const [index, step] of steps.entries()) {
      await stepBegan(shop, step, run);
      await new Promise((resolve) => setTimeout(resolve, delayAt(index)));
      run.child.kill('SIGKILL');
      await run.exited;
      expect(
        isRunning(shop.pids().proxy!),
        `the proxy outlives the orchestrator in ${step}, seed ${seed}`,
      ).toBe(true);
      run = shop.start(['--once', '--json', ...small]);
    }
    expectWhole(await proofOf(run));
  });

  test('costs no shopper a request when the service is killed in every step', {
    timeout: 300_000,
  }, async () => {
    await using shop = example();
    const run = shop.start(['--once', '--json', ...small]);
    for (const [index, step] of steps.entries()) {
      await stepBegan(shop, step, run);
      await new Promise((resolve) => setTimeout(resolve, delayAt(index)));
      const pid = shop.pids().catalogue!;
      if (run.child.exitCode !== null) break;
      process.kill(pid, 'SIGKILL');
      await until('the service to be started again', () =>
        shop.pids().catalogue !== pid ? true : undefined,
      );
    }
    const proof = await proofOf(run);
    expectWhole(proof);
    expect(proof.traffic.fallbacks).toBeGreaterThan(0);
  });
});
