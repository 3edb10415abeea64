import { expect, test } from 'vitest';
import { example, until } from './testing/example.ts';

test('the stock leaves the table that it shares with the catalogue while shoppers shop, also when killed, and comes back', {
  timeout: 480_000,
}, async () => {
  await using shop = example();
  const args = ['--extract', 'warehouse', '--once', '--json', '--scale', '0.02', '--rate', '60'];
  const first = shop.start(args);
  await until('the split to begin', async () => {
    if (first.child.exitCode !== null) throw new Error(first.stderr());
    return (await shop.splitSteps())?.prepared;
  });
  first.child.kill('SIGKILL');
  await first.exited;

  const run = shop.start(args);
  expect(await run.exited, run.stderr()).toBe(0);
  const proof = JSON.parse(run.stdout());
  expect(proof).toMatchObject({
    holds: true,
    rows: { missing: 0, extra: 0, different: 0 },
    part: { different: 0 },
    shoppers: { failures: 0 },
  });
  expect(proof.rows.compared).toBeGreaterThan(100);
  expect(proof.shoppers.ordersAcknowledged).toBeGreaterThan(9);

  const back = shop.start(['rollback', '--extract', 'warehouse']);
  expect(await back.exited, back.stderr()).toBe(0);
  expect(back.stdout()).toContain('The stock is the monolith’s again; nothing of the split is left.');
});
