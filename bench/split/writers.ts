import pg from 'pg';

type SideName = 'source' | 'target';
const clients = 10;

/** Writers that ask for a fixed rate, whoever owns the table. */
export interface Writers {
  /** The longest time without an acknowledged write since a moment, in milliseconds. */
  longestGap(since: number): number;
  refused(): number;
  /** Returns how many writes were acknowledged. */
  stop(): Promise<number>;
}

/** Starts ten clients, each of which inserts a row at its turn; who is refused goes to the other side at once. */
export async function startWriters(
  urls: Readonly<Record<SideName, string>>,
  perSecond: number,
): Promise<Writers> {
  let acknowledged: number[] = [];
  let count = 0;
  let refused = 0;
  let item = 10_000;
  let stopping = false;

  async function client(number: number): Promise<void> {
    const open = async (side: SideName) => {
      const made = new pg.Client({ connectionString: urls[side], application_name: 'shop' });
      await made.connect();
      return made;
    };
    const sides = { source: await open('source'), target: await open('target') };
    let side: SideName = 'source';
    const every = (1000 * clients) / perSecond;
    let due = performance.now() + (number * every) / clients;
    while (!stopping) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      // What could not be sent in time is not made up for.
      due = Math.max(due + every, performance.now());
      const mine = ++item;
      for (;;) {
        try {
          await sides[side].query('insert into stock (item, count) values ($1, 1)', [mine]);
          acknowledged.push(performance.now());
          count++;
          break;
        } catch (error) {
          if ((error as { code?: string }).code !== '55000') throw error;
          refused++;
          side = side === 'source' ? 'target' : 'source';
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      }
    }
    await Promise.all([sides.source.end(), sides.target.end()]);
  }

  const running = Array.from({ length: clients }, (_, number) => client(number));
  return {
    longestGap(since) {
      const times = acknowledged.filter((at) => at >= since);
      acknowledged = [];
      return times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);
    },
    refused: () => refused,
    async stop() {
      stopping = true;
      await Promise.all(running);
      return count;
    },
  };
}
