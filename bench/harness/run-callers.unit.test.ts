import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callEach, callFor } from './run-callers.ts';

test('calls for some time are counted, last ones included, and never more at once than callers', async () => {
  let calls = 0;
  let active = 0;
  let most = 0;
  const { amount, seconds } = await callFor(4, 0.05, async () => {
    most = Math.max(most, ++active);
    await soon();
    active -= 1;
    calls += 1;
  });
  expect(amount).toBe(calls);
  expect(most).toBe(4);
  expect(active).toBe(0);
  expect(seconds).toBeGreaterThanOrEqual(0.05);
});

test('each item is called once, by as many callers at once as there are', async () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  const seen: number[] = [];
  let active = 0;
  let most = 0;
  const { amount } = await callEach(3, items, async (item) => {
    most = Math.max(most, ++active);
    await soon();
    seen.push(item);
    active -= 1;
  });
  expect(amount).toBe(100);
  expect(seen.sort((one, two) => one - two)).toEqual(items);
  expect(most).toBe(3);
});

test('a call that fails ends the turn with its error', async () => {
  const failing = callEach(2, [1, 2, 3], async (item) => {
    await soon();
    if (item === 2) throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
});
