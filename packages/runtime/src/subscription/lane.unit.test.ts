import { expect, test } from 'vitest';
import { checkLanes, laneName, laneOfStream, lanesOf, parseLane } from './lane.ts';

test('a stream stays in its lane in every release', () => {
  expect(['order-1', 'order-2', 'Zoë-日本', ''].map((id) => laneOfStream(id, 8))).toMatchInlineSnapshot(`
    [
      5,
      1,
      6,
      4,
    ]
  `);
});

test('streams are spread evenly over the lanes', () => {
  for (const lanes of [2, 3, 8, 64]) {
    const counts = new Array<number>(lanes).fill(0);
    for (let number = 0; number < 64_000; number++) counts[laneOfStream(`order-${number}`, lanes) - 1]! += 1;
    expect(Math.max(...counts) / (64_000 / lanes)).toBeLessThan(1.15);
    expect(Math.min(...counts) / (64_000 / lanes)).toBeGreaterThan(0.85);
  }
});

test("a lane's name tells the lane, and a whole subscription's does not", () => {
  for (const lane of lanesOf('a/b', 3)) expect(parseLane(laneName(lane))).toEqual(lane);
  expect(laneName(lanesOf('lists', 1)[0]!)).toBe('lists');
  expect(parseLane('lists')).toBeUndefined();
});

test.each([
  ['lists', 0, /0 lanes/],
  ['lists', 65, /1 to 64/],
  ['lists', 2.5, /2.5 lanes/],
  ['lists/1of2', 1, /can not be called/],
])('%s with %s lanes is refused', (name, lanes, message) => {
  expect(() => checkLanes(name, lanes)).toThrow(message);
});
