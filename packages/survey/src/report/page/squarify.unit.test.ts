import fc from 'fast-check';
import { expect, test } from 'vitest';
import { squarify } from './squarify.ts';

const box = { x: 3, y: 5, width: 600, height: 400 };

test('each part has its share of the area, and all are inside', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 }), (values) => {
      const total = values.reduce((sum, value) => sum + value, 0);
      for (const [at, part] of squarify(values, box).entries()) {
        const share = total === 0 ? 0 : values[at]! / total;
        expect(part.width * part.height).toBeCloseTo(share * 600 * 400, 3);
        expect(part.x).toBeGreaterThanOrEqual(box.x);
        expect(part.x + part.width).toBeLessThanOrEqual(box.x + box.width + 1e-6);
        expect(part.y + part.height).toBeLessThanOrEqual(box.y + box.height + 1e-6);
      }
    }),
  );
});

test('the example of the paper: 6, 6, 4, 3, 2, 2, 1 in 6 by 4', () => {
  const [first, second, third] = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  expect(first).toEqual({ x: 0, y: 0, width: 3, height: 2 });
  expect(second).toEqual({ x: 0, y: 2, width: 3, height: 2 });
  expect(third!.width / third!.height).toBeCloseTo(((4 / 7) * 3) / (7 / 3), 6);
});
