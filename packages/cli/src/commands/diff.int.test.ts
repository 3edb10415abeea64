import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LedgerUnderTest, plannedLedger, quietEvidence } from '../testing/ledger-with-traffic.ts';
import { runBanyan } from '../testing/run-banyan.ts';

let under: LedgerUnderTest;
const diff = (...args: string[]) => runBanyan(['diff', ...args, '-c', under.configFile]);

beforeAll(async () => {
  under = await plannedLedger();
});
afterAll(() => under?.[Symbol.asyncDispose]());

describe('banyan diff', () => {
  test('says that nothing was compared', async () => {
    expect((await diff('list')).stdout).toBe('No reply was compared yet.\n');
  });

  test('lists the fields that differ and shows a few samples of them', async () => {
    const { ledger } = under;
    const window = (n: number) =>
      quietEvidence({
        revision: String(ledger.migration('catalogue')!.revision),
        shadow: { samples: 10, equal: 8, late: 0, different: 2, failed: 0, dropped: 0 },
        fields: [
          { field: 'items[*].price', count: 2 },
          { field: 'total', count: 1 },
        ],
        differences: [
          { method: 'GET', path: `/api/items/${n}`, at: `items[${n}].price`, owner: '5', candidate: '6' },
        ],
        noise: ['servedAt'],
      });
    const evidence = Array.from({ length: 5 }, (_, n) => window(n));
    await ledger.observe({ instance: 'p', totals: { requests: 9, failures: 0 }, evidence });
    const { stdout } = await diff('list');
    expect(stdout).toMatch(/item +items\[\*\]\.price +10 +50 +2026-01-01 00:00:01/);
    expect(stdout).toMatch(/item: servedAt/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const [route] = (await diff('list', '--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(route).toMatchObject({ route: 'item', compared: 50, different: 10, noise: ['servedAt'] });
    expect(route.fields[0]).toMatchObject({ field: 'items[*].price', count: 10 });
    expect(route.fields[0].samples).toHaveLength(3);
    const shown = await diff('show', 'item', 'items[*].price');
    expect(shown.stdout).toContain('GET /api/items/0 at items[0].price');
    expect(shown.stdout).not.toContain('total');
  });

  test('names what there is where something else is asked for', async () => {
    expect(await diff('show', 'basket')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Compared: item/),
    });
    expect(await diff('show', 'item', 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/differs at: items\[\*\]\.price, total/),
    });
  });
});
