import { expect, test } from 'vitest';
import { divideStep } from './divide-step.ts';

const at = (...positions: bigint[]) => positions.map((position) => ({ position }));
const step = (to: bigint, ...positions: bigint[]) =>
  ({ do: 'apply', entries: at(...positions), to }) as const;

test('a step is divided up to where the failure was, and ends where it would have', () => {
  expect(divideStep(step(9n, 2n, 4n, 5n, 7n), 4n)).toEqual([step(2n, 2n), step(4n, 4n), step(9n, 5n, 7n)]);
  expect(divideStep(step(9n, 2n, 4n), 9n)).toEqual([step(2n, 2n), step(9n, 4n)]);
});

test('entries of one position, and a step that counts as a whole, stay together', () => {
  expect(divideStep(step(4n, 2n, 2n, 4n), 4n)).toEqual([step(2n, 2n, 2n), step(4n, 4n)]);
  const whole = { ...step(4n, 2n, 4n), whole: true };
  expect(divideStep(whole, 4n)).toEqual([whole]);
  expect(divideStep(step(4n), 4n)).toEqual([step(4n)]);
});
