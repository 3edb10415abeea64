import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonSize } from './json-size.ts';

test.each([
  ['a date', { at: new Date(0) }, 'at is a Date'],
  ['a set', { deep: [{ on: new Set() }] }, 'deep.0.on is a Set'],
  ['a bigint', [1n], '0 is a bigint'],
  ['not a number', { rate: Number.NaN }, 'rate is NaN'],
  ['undefined in a list', [undefined], '0 is undefined'],
  ['nothing', undefined, 'it is undefined'],
])('refuses %s and says where it is', (_, value, message) => {
  expect(() => jsonSize(value)).toThrow(message);
});

test('refuses what refers to itself', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect(() => jsonSize(circle)).toThrow('nesting');
});

test('takes a property that is undefined for none', () => {
  expect(jsonSize({ note: undefined })).toBe(jsonSize({}));
});

test('takes whatever JSON keeps, and says about how long it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: true }), (value) => {
      const exact = JSON.stringify(value).length;
      const size = jsonSize(value);
      expect(size).toBeGreaterThan(exact / 4);
      expect(size).toBeLessThan(exact * 9 + 10);
    }),
  );
});
