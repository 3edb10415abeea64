import { expect, test } from 'vitest';
import { killMatrix } from './kill-matrix.ts';

/** Another seed every day would find more, and would fail where nobody changed anything. */
const seed = 11;

/** A person who runs the tests waits for few of them, CI for more. */
const runs = Number(process.env.BANYAN_KILL_RUNS ?? 3);

test('tables move there and back and lose nothing, whatever is killed on the way', {
  timeout: runs * 90_000,
}, async () => {
  const done = await killMatrix({ runs, seed, onRun: () => undefined });
  expect(
    done.filter(({ wrong }) => wrong.length > 0),
    `seed ${seed}`,
  ).toEqual([]);
});
