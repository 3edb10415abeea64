import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Example, example, isRunning, type Run, until } from './testing/example.ts';
import { expectWhole, proofOf, small, stepBegan, steps } from './testing/extraction.ts';
import { lookAtPages, type PageAddresses } from './testing/look-at-pages.ts';

describe('the extraction of the catalogue', { timeout: 360_000 }, () => {
  let shop: Example;
  beforeAll(() => {
    shop = example();
  });
  afterAll(() => shop[Symbol.asyncDispose]());

  test('moves the reads and proves it, and leaves no process behind', async () => {
    const run = shop.npmStart(['--once', '--json', ...small]);
    await stepBegan(shop, 'fed', run);
    expect(await shop.verb('route', 'list')).toMatch(/item +\/api\/items\/:id .*migration/);
    const pids = Object.values(shop.pids());
    expectWhole(await proofOf(run));
    expect(pids.filter(isRunning)).toEqual([]);
  });

  describe('started again', () => {
    let run: Run;
    let addresses: PageAddresses;
    beforeAll(async () => {
      run = shop.start(small);
      const text = await until(
        'the example to be up',
        () => {
          if (run.child.exitCode !== null) throw new Error(run.stderr());
          return run.stdout().includes('Ctrl-C') ? run.stdout() : undefined;
        },
        250_000,
      );
      const find = (name: string) => new RegExp(`${name}\\s+(http://\\S+)`).exec(text)![1]!;
      addresses = { shop: find('\\bshop'), status: find('\\bstatus ') };
    }, 300_000);

    test('finds the work done and says so', () => {
      for (const step of steps) expect(run.stdout()).toMatch(new RegExp(`✓ ${step} .*`));
      expect(run.stdout().match(/done before/g)?.length).toBeGreaterThanOrEqual(steps.length - 1);
    });

    lookAtPages(() => addresses);

    test('ends everything on Ctrl-C', async () => {
      const pids = shop.pids();
      run.child.kill('SIGINT');
      expect(await run.exited).toBe(0);
      expect(Object.keys(pids).length).toBe(5);
      expect(Object.keys(shop.pids())).toEqual([]);
    });
  });

  test('rolled back, it puts the reads back, says so, and says so again', async () => {
    const first = shop.start(['rollback']);
    expect(await first.exited).toBe(0);
    expect(first.stdout()).toContain('rolled back');
    const second = shop.start(['rollback']);
    expect(await second.exited).toBe(0);
    expect(second.stdout()).toContain('nothing to put back');
  });
});
