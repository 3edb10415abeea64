import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Example, example, isRunning } from './testing/example.ts';
import { expectWhole, proofOf, small, stepBegan, steps } from './testing/extraction.ts';

describe('the extraction of the catalogue', () => {
  let shop: Example;
  beforeAll(() => {
    shop = example();
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  test('moves the reads and proves it, and leaves no process behind', { timeout: 360_000 }, async () => {
    const run = shop.start(['--once', '--json', ...small]);
    await stepBegan(shop, 'fed', run);
    expect(await shop.verb('route', 'list')).toMatch(/item +\/api\/items\/:id .*migration/);
    const pids = Object.values(shop.pids());
    expectWhole(await proofOf(run));
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('started again it finds the work done and says so', { timeout: 360_000 }, async () => {
    const run = shop.start(['--once', ...small]);
    expect(await run.exited).toBe(0);
    for (const step of steps) expect(run.stdout()).toMatch(new RegExp(`✓ ${step} .*`));
    expect(run.stdout().match(/done before/g)?.length).toBeGreaterThanOrEqual(steps.length - 1);
  });

  test('rolled back, it puts the reads back, says so, and says so again', { timeout: 360_000 }, async () => {
    const first = shop.start(['rollback']);
    expect(await first.exited).toBe(0);
    expect(first.stdout()).toContain('rolled back');
    const second = shop.start(['rollback']);
    expect(await second.exited).toBe(0);
    expect(second.stdout()).toContain('nothing to put back');
  });
});
