import { expect, test } from 'vitest';
import { notRunning } from './not-running.ts';

test('a split that is on its way to its end names the command that ends it', () => {
  expect(notRunning('stock', 'aborting').message).toContain('banyan split abort stock');
  expect(notRunning('stock', 'finishing').message).toContain('banyan split finish stock');
  expect(notRunning('stock', 'finished').message).toContain('banyan split status stock');
});
