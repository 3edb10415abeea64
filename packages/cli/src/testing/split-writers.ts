import type pg from 'pg';

/** What one write came to. */
export interface Written {
  /** When it was acknowledged, as `performance.now()` has it. */
  readonly at: number;
  readonly side: 'source' | 'target';
}

/** Clients that move stock all the time, at whichever side takes it. */
export interface SplitWriters {
  /** Every acknowledged movement, by its reference. */
  readonly written: ReadonlyMap<number, Written>;
  /** Errors other than a refusal by the fence or a lost connection. */
  readonly wrong: readonly string[];
  /** Refusals by the fences, with their sentences. */
  readonly refusals: readonly string[];
  stop(): Promise<void>;
}

/** How much is written, and how. */
export interface WritersOptions {
  readonly clients?: number;
  readonly pauseMs?: number;
  readonly stocks?: number;
  /** What is done at the target, where the rows have another shape. */
  readonly atTarget?: Move;
}

/**
 * Starts clients that each do one transaction after the other over both tables, first where the last one succeeded, and at
 * the other side when they are refused there. A write whose connection broke may have happened or not.
 */
export function startWriters(
  pools: { readonly source: pg.Pool; readonly target: pg.Pool },
  { clients = 3, pauseMs = 5, stocks = 50, atTarget = move }: WritersOptions = {},
): SplitWriters {
  const written = new Map<number, Written>();
  const wrong: string[] = [];
  const refusals: string[] = [];
  let stopping = false;
  let reference = 0;

  async function client(): Promise<void> {
    let side: Written['side'] = 'source';
    while (!stopping) {
      const ref = ++reference;
      for (let moved = false; !moved && !stopping; ) {
        try {
          await moveStock(pools[side], ref, 1 + (ref % stocks), side === 'target' ? atTarget : move);
          written.set(ref, { at: performance.now(), side });
          moved = true;
        } catch (error) {
          const { code, message } = error as { code?: string; message: string };
          if (code === '55000') {
            refusals.push(message);
            side = side === 'source' ? 'target' : 'source';
          } else if (code === '40001') {
            // Over a bridge two that change one row don't wait for each other; nothing was changed.
          } else if (code === undefined || /^(08|57|ECONN|EPIPE)/.test(code)) {
            // Whether it was committed is not known: it is given up, and counts for nothing.
            moved = true;
            await pause(50);
          } else {
            wrong.push(`${code} ${message}`);
            moved = true;
          }
        }
        await pause(pauseMs);
      }
    }
  }

  const running = Array.from({ length: clients }, client);
  return {
    written,
    wrong,
    refusals,
    async stop() {
      stopping = true;
      await Promise.all(running);
    },
  };
}

/** What one transaction does, by the names of a side. */
type Move = (client: pg.ClientBase, ref: number, stock: number) => Promise<void>;

const move: Move = async (client, ref, stock) => {
  await client.query('update stock set count = count + 1 where id = $1', [stock]);
  await client.query('insert into movement (stock, change, ref) values ($1, 1, $2)', [stock, ref]);
};

/** One transaction over both tables. */
export async function moveStock(pool: pg.Pool, ref: number, stock: number, how = move): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    await how(client, ref, stock);
    await client.query('commit');
    broken = false;
  } catch (error) {
    await client.query('rollback').then(
      () => {
        broken = false;
      },
      () => undefined,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What must hold at the owner when the writers have stopped: references lost, doubled, and stock that does not add up. */
export async function checkWritten(
  pool: pg.Pool,
  written: ReadonlyMap<number, Written>,
): Promise<{ readonly lost: number; readonly doubled: number; readonly off: number }> {
  const { rows } = await pool.query<{ ref: number; times: number }>(
    'select ref, count(*)::int as times from movement where ref is not null group by ref',
  );
  const there = new Map(rows.map(({ ref, times }) => [ref, times]));
  const off = await pool.query(
    'select 1 from stock s where count <> (select coalesce(sum(change), 0) from movement m where m.stock = s.id)',
  );
  return {
    lost: [...written.keys()].filter((ref) => !there.has(ref)).length,
    doubled: rows.filter(({ times }) => times > 1).length,
    off: off.rowCount ?? 0,
  };
}
