import type { Store } from '../candidates/candidate.ts';
import { closeGate, installCommitGate } from '../faults/commit-gate.ts';
import { recordEffect } from '../run/effect.ts';
import type { Lab } from '../run/lab.ts';
import type { Finding, TortureCase } from '../run/torture-case.ts';
import { must, until } from '../run/until.ts';
import { judgeToTheEnd, worst } from '../run/watch.ts';

const callers = 32;

/** Numbers are taken before commits, and so may become visible in another order. */
export const commitOrder: TortureCase = {
  name: 'commit-order',
  about:
    'an append is held at its commit while a later one commits and is read; then 32 callers append at once',
  async run(candidate, lab) {
    await installCommitGate(candidate, lab.url);
    const store = lab.keep(await candidate.open(lab.url));
    lab.keep(store.follow('reader', recordEffect('reader')));
    // Of another process, so that nothing but the database puts the two in order.
    const other = lab.keep(await candidate.open(lab.url));
    return worst({
      held: await heldCommit(store, other, lab),
      'side by side': await sideBySide(store, other, lab),
    });
  },
};

async function heldCommit(store: Store, other: Store, lab: Lab): Promise<Finding> {
  await using gate = await closeGate(lab.url);
  const first = store.append('first', ['hold-first'], 'any');
  await must('The first append', async () => (await gate.held()) === 1);
  let committed = false;
  const second = other.append('second', ['second'], 'any').then(() => {
    committed = true;
  });
  await must('The second append', async () => committed || (await gate.waiting()) > 1);
  // A second one that had to wait for the first can't have been read; else the reader is given its time.
  if (committed) await until(async () => (await lab.effects()).includes('second'), 3_000);
  await gate.open();
  await Promise.all([first, second]);
  const { verdict, finding } = await judgeToTheEnd(lab, store);
  return { verdict, finding: `${finding}${committed ? '' : ' (the second waited for the first)'}` };
}

async function sideBySide(one: Store, other: Store, lab: Lab): Promise<Finding> {
  let next = 0;
  const call = async (store: Store): Promise<void> => {
    while (next < lab.scale.many) {
      next += 1;
      await store.append(`stream-${next}`, [`event-${next}`], 'any');
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, index) => call(index % 2 ? one : other)));
  return judgeToTheEnd(lab, one);
}
