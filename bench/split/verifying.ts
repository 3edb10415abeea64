import { verifyTables, verifyTranslated } from '@banyan/split';
import { runSplit } from 'banyan';
import type { Contestant, Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { callFor } from '../harness/run-callers.ts';
import { clientsOf, otherShape, splitLab } from './split-lab.ts';

const callers = 8;
const rows = 200_000;

/** Transactions at the source while its tables are compared over and over, beside those while they are not. */
export async function* verifying(lab: Lab): AsyncGenerator<Work> {
  yield* compared(lab);
  yield* compared(lab, otherShape);
}

async function* compared(lab: Lab, reshaped?: typeof otherShape): AsyncGenerator<Work> {
  await using split = await splitLab(lab, rows, reshaped);
  const { open } = split;
  const { sides, plan } = open;
  const compareOnce = (signal: AbortSignal) => {
    const options = { owner: 'source', share: open.limits.verifyShare, signal } as const;
    return reshaped === undefined
      ? verifyTables(sides, plan, options)
      : verifyTranslated(sides, plan, { ...options, translate: reshaped.forth });
  };
  await runSplit(split.open, () => undefined, lab.signal);
  const pool = clientsOf(split.source, callers);
  const load = () =>
    callFor(callers, lab.options.seconds, async (caller) => {
      const stock = 1 + Math.floor(Math.random() * 1_000);
      await pool.query('update stock set count = count + 1 where id = $1', [stock]);
      await pool.query('insert into movement (stock, change, ref) values ($1, 1, $2)', [stock, caller]);
    });
  const plain: Contestant = { name: 'not verifying', turn: load };
  const verified: Contestant = {
    name: 'ours',
    async turn() {
      const stop = new AbortController();
      const comparing = (async () => {
        while (!stop.signal.aborted) await compareOnce(stop.signal);
      })().catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      const done = await load();
      stop.abort();
      await comparing;
      return done;
    },
  };
  yield {
    work: `transactions at the source while ${rows.toLocaleString('en')} rows${reshaped === undefined ? '' : ' of another shape'} are verified`,
    unit: 'tx/s',
    ours: verified,
    peers: [plain],
  };
  await pool.end();
}
