import type { Store } from '../candidates/candidate.ts';
import type { TortureCase } from '../run/torture-case.ts';

const racers = 4;

/** Who is told "created" relies on having been the only one. */
export const racingCreates: TortureCase = {
  name: 'racing-creates',
  about:
    'callers that all saw that a stream is not there create it: at the same time, and one after the other',
  async run(candidate, lab) {
    const stores = [lab.keep(await candidate.open(lab.url)), lab.keep(await candidate.open(lab.url))];
    const rounds = Math.ceil(lab.scale.many / 10);
    let together = 0;
    let inTurn = 0;
    let nobody = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const winners = (await race(stores, `together-${round}`, true)).length;
      if (winners > 1) together += 1;
      if (winners === 0) nobody += 1;
      if ((await race(stores, `turn-${round}`, false)).length > 1) inTurn += 1;
    }
    const taken = new Set((await lab.committed()).map(({ stream, version }) => `${stream} ${version}`));
    const twice = (await lab.committed()).length - taken.size;
    const finding = `more than one was told "created" in ${together} of ${rounds} races, and in ${inTurn} of ${rounds} in turn`;
    if (together + inTurn + twice > 0) return { verdict: 'doubles', finding };
    if (nobody > 0)
      return { verdict: 'loses', finding: `nobody could create in ${nobody} of ${rounds} races` };
    return {
      verdict: 'passes',
      finding: `exactly one of ${racers} succeeded in each of ${2 * rounds} races`,
    };
  },
};

/** Gives those that succeeded. */
async function race(stores: readonly Store[], stream: string, atOnce: boolean): Promise<readonly string[]> {
  const callers = Array.from({ length: racers }, (_, index) => ({
    store: stores[index % stores.length]!,
    label: `${stream}-${index}`,
  }));
  await Promise.all(callers.map(({ store }) => store.load(stream)));
  const won: string[] = [];
  const create = async ({ store, label }: { store: Store; label: string }) => {
    await store.append(stream, [label], 0).then(
      () => won.push(label),
      () => undefined,
    );
  };
  if (atOnce) await Promise.all(callers.map(create));
  else for (const caller of callers) await create(caller);
  return won;
}
