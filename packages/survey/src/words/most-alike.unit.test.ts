import { expect, test } from 'vitest';
import { perhaps } from './most-alike.ts';

test('of names those are told that a slip could have meant, the most alike first', () => {
  expect(perhaps('custmers', ['orders', 'customers', 'customer_notes'])).toBe(
    'Perhaps: customers, customer_notes.',
  );
  expect(perhaps('xyz', ['orders'])).toContain('--json');
  expect(perhaps('xyz', [])).toBe('It found none.');
});
