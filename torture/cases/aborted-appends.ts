import { installCommitGate } from '../faults/commit-gate.ts';
import { recordEffect } from '../run/effect.ts';
import type { TortureCase } from '../run/torture-case.ts';
import { judgeToTheEnd } from '../run/watch.ts';

/** Numbers of a sequence are not given back, so what aborts leaves a gap. */
export const abortedAppends: TortureCase = {
  name: 'aborted-appends',
  about: 'every third append fails at its commit, after its number was taken',
  async run(candidate, lab) {
    await installCommitGate(candidate, lab.url);
    const store = lab.keep(await candidate.open(lab.url));
    lab.keep(store.follow('reader', recordEffect('reader')));
    let aborted = 0;
    let wrong = 0;
    const appendOne = async (index: number): Promise<void> => {
      const fails = index % 3 === 0;
      const label = `${fails ? 'abort' : 'event'}-${index}`;
      const failed = await store.append(`stream-${index}`, [label], 'any').then(
        () => false,
        () => true,
      );
      if (failed) aborted += 1;
      if (failed !== fails) wrong += 1;
    };
    // One after the other: what happens side by side is another case.
    for (let index = 0; index < lab.scale.many / 4; index += 1) await appendOne(index);
    if (wrong > 0)
      return { verdict: 'loses', finding: `${wrong} appends failed that had not to, or the other way round` };
    const { verdict, finding } = await judgeToTheEnd(lab, store);
    return { verdict, finding: `${finding}, between ${aborted} aborted appends` };
  },
};
