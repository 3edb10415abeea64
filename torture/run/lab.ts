import { seededRandom } from '../../bench/harness/random.ts';
import type { Candidate } from '../candidates/candidate.ts';
import type { CandidateName } from '../candidates/candidates.ts';
import { startWorker, type Worker, type WorkerTask } from '../processes/start-worker.ts';
import type { Committed } from './judge.ts';
import { connectTo, query } from './query.ts';
import { startServer, type TortureServer } from './server.ts';

/** How much is done. */
export interface Scale {
  /** Events or appends where a case needs many. */
  readonly many: number;
  /** How long a storm of kills lasts. */
  readonly stormMs: number;
  /** How long a reader may stay behind before it counts as stalled. */
  readonly patienceMs: number;
  /** How long a skipped event is given after a later one was seen, in case it only comes late. */
  readonly graceMs: number;
  /** How long it is watched whether what was seen once is seen again. */
  readonly settleMs: number;
  /** How long a process stays frozen. */
  readonly freezeMs: number;
}

/** What `npm run torture` does. */
export const fullScale: Scale = {
  many: 600,
  stormMs: 12_000,
  patienceMs: 15_000,
  graceMs: 2_500,
  settleMs: 3_000,
  freezeMs: 8_000,
};

/** What `npm test` does: whoever passes is not waited for, so patience costs nothing. */
export const shortScale: Scale = {
  many: 120,
  stormMs: 1_500,
  patienceMs: 30_000,
  graceMs: 15_000,
  settleMs: 400,
  freezeMs: 500,
};

/** The same for somebody who is to fail, and would be waited for. */
export const impatientScale: Scale = { ...shortScale, patienceMs: 3_000, graceMs: 500 };

/** Where one candidate meets one case: a database of its own, and what ends with it. */
export interface Lab extends AsyncDisposable {
  readonly scale: Scale;
  readonly server: TortureServer;
  /** The candidate's tables are in it, and a table `effects`. */
  readonly url: string;
  readonly random: () => number;
  /** The labels that took effect, in the order they did. */
  effects(url?: string): Promise<string[]>;
  committed(url?: string): Promise<Committed[]>;
  /** Makes another database on the server of this run. */
  otherDatabase(): Promise<string>;
  /** Starts a server on new data. */
  newServer(): Promise<TortureServer>;
  startWorker(task: Omit<WorkerTask, 'candidate' | 'url'>, url?: string): Promise<Worker>;
  /** Is disposed of with the lab. */
  keep<Kept extends AsyncDisposable>(kept: Kept): Kept;
}

let databases = 0;

/** Prepares a database for a candidate. */
export async function openLab(
  candidate: Candidate,
  options: {
    readonly server: TortureServer;
    readonly scale: Scale;
    readonly seed: number;
    readonly settings?: Readonly<Record<string, string | boolean>>;
  },
): Promise<Lab> {
  const { server, scale, seed, settings } = options;
  const endings: (() => PromiseLike<unknown>)[] = [];
  const keep = <Kept extends AsyncDisposable>(kept: Kept): Kept => {
    endings.push(() => kept[Symbol.asyncDispose]());
    return kept;
  };
  const makeDatabase = async (): Promise<string> => {
    databases += 1;
    const name = `torture_${process.pid}_${databases}`;
    await query(server.url(), `create database ${name}`);
    endings.push(() => query(server.url(), `drop database if exists ${name} with (force)`));
    return server.url(name);
  };
  const url = await makeDatabase();
  await prepare(candidate, url);
  return {
    scale,
    server,
    url,
    random: seededRandom(seed),
    effects: async (at = url) =>
      (await query<{ label: string }>(at, 'select label from effects order by id')).map(({ label }) => label),
    committed: (at = url) => query<Committed>(at, candidate.tables.committed),
    otherDatabase: makeDatabase,
    async newServer() {
      const fresh = await startServer(settings);
      endings.push(() => fresh.destroy());
      return fresh;
    },
    async startWorker(task, at = url) {
      return keep(await startWorker({ ...task, candidate: candidate.name as CandidateName, url: at }));
    },
    keep,
    async [Symbol.asyncDispose]() {
      for (const end of endings.reverse()) await end();
    },
  };
}

/** What a lab's database holds before a case begins. */
export async function prepare(candidate: Candidate, url: string): Promise<void> {
  await candidate.prepare(url);
  await using client = await connectTo(url);
  await client.query(
    'create table effects (id bigserial primary key, label text not null, by text not null)',
  );
}
