import { describe, expect, test } from 'vitest';
import { example, isRunning, until } from './testing/example.ts';
import { expectWhole, proofOf, seed, small, stepBegan, steps } from './testing/extraction.ts';

/** A moment within a step, drawn from the seed. */
function delayAt(step: number): number {
  let state = (seed + step * 0x9e3779b9) >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x45d9f3b) >>> 0;
  return (state ^ (state >>> 16)) % 400;
}

describe('an extraction that is killed', () => {
  test('goes on in every step in which its orchestrator was killed', { timeout: 600_000 }, async () => {
    await using shop = example();
    // The shoppers go on while the orchestrator is started again and again: fewer of them leave it more of the machine.
    const args = ['--once', '--json', '--scale', '0.05', '--rate', '60'];
    let run = shop.start(args);
    for (const [index, step] of steps.entries()) {
      await stepBegan(shop, step, run);
      await new Promise((resolve) => setTimeout(resolve, delayAt(index)));
      run.child.kill('SIGKILL');
      await run.exited;
      expect(
        isRunning(shop.pids().proxy!),
        `the proxy outlives the orchestrator in ${step}, seed ${seed}`,
      ).toBe(true);
      run = shop.start(args);
    }
    expectWhole(await proofOf(run));
  });

  test('costs no shopper a request when the service is killed in every step', {
    timeout: 600_000,
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
