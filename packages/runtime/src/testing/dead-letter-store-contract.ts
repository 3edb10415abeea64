import assert from 'node:assert/strict';
import type { DeadLetterStore, NewDeadLetter } from '../dead-letter/dead-letter.ts';
import { Terminal } from '../errors/errors.ts';
import type { CheckpointStore } from '../subscription/checkpoint.ts';
import { uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

/** A store of dead letters that keeps `limit` of each subscription, and the checkpoints whose transactions it joins. */
export interface DeadLetterStoreUnderTest<Tx> {
  readonly deadLetters: DeadLetterStore<Tx>;
  readonly checkpoints: CheckpointStore<Tx>;
  readonly limit: number;
}

/** What every store of dead letters must do. The store may be shared between tests. */
export function deadLetterStoreContract<Tx>(
  port: TestPort,
  makeSubject: Make<DeadLetterStoreUnderTest<Tx>>,
): void {
  const test = testWith(port, makeSubject);
  port.describe('a store of dead letters', () => {
    test('keeps an entry as it was, with its reason', async (subject) => {
      const { deadLetters } = subject;
      const letter = letterOf(uniqueName('kept'), 7n);
      await add(subject, letter);
      const [kept, ...others] = await deadLetters.list(letter.subscription);
      const { at, ...rest } = kept!;
      assert.deepEqual(rest, { ...letter, redriveWanted: false });
      assert.ok(at instanceof Date);
      assert.deepEqual(others, []);
      assert.equal(await deadLetters.count(letter.subscription), 1);
      assert.equal(await deadLetters.count(uniqueName('other')), 0);
    });

    test('keeps nothing of a transaction that fails', async (subject) => {
      const letter = letterOf(uniqueName('failed'), 1n);
      const failing = inTransaction(subject, async (tx) => {
        await subject.deadLetters.add(tx, letter);
        throw new RangeError('on purpose');
      });
      await assert.rejects(failing, /on purpose/);
      assert.equal(await subject.deadLetters.count(letter.subscription), 0);
      await add(subject, letter);
      const failingRemoval = inTransaction(subject, async (tx) => {
        assert.equal(await subject.deadLetters.remove(tx, letter.subscription, 1n), 1);
        throw new RangeError('on purpose');
      });
      await assert.rejects(failingRemoval, /on purpose/);
      assert.equal(await subject.deadLetters.count(letter.subscription), 1);
    });

    test('lists a page at a time, in order', async (subject) => {
      const name = uniqueName('pages');
      for (const position of [30n, 10n, 20n]) await add(subject, letterOf(name, position));
      const positions = async (page: Parameters<typeof subject.deadLetters.list>[1]) =>
        (await subject.deadLetters.list(name, page)).map(({ position }) => position);
      assert.deepEqual(await positions({ limit: 2 }), [10n, 20n]);
      assert.deepEqual(await positions({ after: 20n }), [30n]);
    });

    test('replaces the letter of an entry that is given up on again, also when it is full', async (subject) => {
      const name = uniqueName('again');
      for (let position = 1n; position <= subject.limit; position += 1n)
        await add(subject, letterOf(name, position));
      await add(subject, { ...letterOf(name, 1n), attempts: 9, reason: 'it is worse' });
      const [first] = await subject.deadLetters.list(name);
      assert.deepEqual([first!.attempts, first!.reason], [9, 'it is worse']);
      assert.equal(await subject.deadLetters.count(name), subject.limit);
    });

    test('refuses more than its limit, of each subscription', async (subject) => {
      const name = uniqueName('full');
      for (let position = 1n; position <= subject.limit; position += 1n)
        await add(subject, letterOf(name, position));
      const full = (error: unknown) => error instanceof Terminal && error.code === 'dead-letters-full';
      await assert.rejects(add(subject, letterOf(name, 1_000n)), full);
      await add(subject, letterOf(uniqueName('roomy'), 1n));
    });

    test('remembers what is to be handled again, and forgets it when that fails', async (subject) => {
      const name = uniqueName('redrive');
      const { deadLetters } = subject;
      for (const position of [1n, 2n, 3n]) await add(subject, letterOf(name, position));
      const wanted = async () =>
        (await deadLetters.list(name, { redriveWanted: true })).map(({ position }) => position);
      assert.equal(await deadLetters.wantRedrive(name, 2n), 1);
      assert.equal(await deadLetters.wantRedrive(name, 99n), 0);
      assert.deepEqual(await wanted(), [2n]);
      assert.equal(await deadLetters.wantRedrive(name), 3);
      assert.deepEqual(await wanted(), [1n, 2n, 3n]);
      await deadLetters.failedAgain(name, 2n, {
        code: 'still',
        message: `still \u0000 ${'x'.repeat(5_000)}`,
      });
      assert.deepEqual(await wanted(), [1n, 3n]);
      const failed = (await deadLetters.list(name))[1]!;
      assert.deepEqual([failed.code, failed.attempts, failed.reason.length], ['still', 4, 2_000]);
    });

    test('removes one letter or all', async (subject) => {
      const name = uniqueName('removed');
      const { deadLetters } = subject;
      for (const position of [1n, 2n, 3n]) await add(subject, letterOf(name, position));
      await inTransaction(subject, async (tx) => {
        assert.equal(await deadLetters.remove(tx, name, 2n), 1);
        assert.equal(await deadLetters.remove(tx, name, 9n), 0);
      });
      assert.equal(await deadLetters.count(name), 2);
      await inTransaction(subject, async (tx) => void (await deadLetters.remove(tx, name)));
      assert.equal(await deadLetters.count(name), 0);
    });
  });
}

function letterOf(subscription: string, position: bigint): NewDeadLetter {
  const entry = { position, committedAt: new Date(5), data: { text: 'Zoë \u0001bigint 5', none: null } };
  const [code, reason] = ['bad', 'It is bad.'];
  return { subscription, position, streamId: 'order-1', entry, code, reason, attempts: 3 };
}

function add<Tx>(subject: DeadLetterStoreUnderTest<Tx>, letter: NewDeadLetter): Promise<void> {
  return inTransaction(subject, (tx) => subject.deadLetters.add(tx, letter));
}

async function inTransaction<Tx>(
  { checkpoints }: DeadLetterStoreUnderTest<Tx>,
  work: (tx: Tx) => Promise<void>,
): Promise<void> {
  const name = uniqueName('transaction');
  await checkpoints.load(name);
  assert.equal(await checkpoints.advance(name, { from: 0n, to: 0n }, work), 'advanced');
}
