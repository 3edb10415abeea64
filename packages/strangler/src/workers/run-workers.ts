import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProxyLog } from '../proxy-log.ts';
import { Relay } from './relay.ts';
import { Alone, OneOfMany, type Siblings } from './siblings.ts';

/** A worker that lived for less is not started again at once. */
const shortLifeMs = 1_000;
const workerVariable = 'BANYAN_WORKER';

/** What a worker does. */
export interface RunningWorker {
  /** Lets what is under way end, then ends. */
  close(): Promise<void>;
  /** Where it is the only one, and so can't be replaced: takes on SIGHUP what it can take while it runs. */
  reload?(): void;
}

/** How to run workers. */
export interface WorkersOptions {
  /** Processes. With 1 there is no other process than this one. */
  readonly count: number;
  /**
   * Runs one, and returns what ends it when its requests have. Workers that listen on one port share it. By `siblings` they
   * ask each other.
   */
  readonly run: (worker: number, siblings: Siblings) => Promise<RunningWorker>;
  /** Ends all of them when it aborts. */
  readonly signal: AbortSignal;
  readonly log: ProxyLog;
}

/**
 * Runs the same program in several processes, one for each core that the proxy may use: the first process starts the others,
 * starts those again that die, and on SIGHUP replaces them one after the other without a connection refused. Resolves when all
 * have ended.
 *
 * @throws WorkerFailed where a worker can't even start; it has said why itself.
 */
export async function runWorkers({ count, run, signal, log }: WorkersOptions): Promise<void> {
  if (count > 1 && cluster.isPrimary) {
    await new Workers(count, log).supervise(signal);
    return;
  }
  const many = cluster.isWorker ? new OneOfMany(process) : undefined;
  const running = await run(Number(process.env[workerVariable] ?? 0), many ?? new Alone());
  await many?.running();
  // Else the signal would end it, in the middle of its requests.
  if (many === undefined) process.on('SIGHUP', () => running.reload?.());
  if (!signal.aborted) await once(signal, 'abort');
  await running.close();
  await many?.ended();
  cluster.worker?.disconnect();
}

/** The first worker of a place ended before it did its work. */
export class WorkerFailed extends Error {}

class Workers {
  readonly #count: number;
  readonly #log: ProxyLog;
  readonly #places = new Map<number, Worker>();
  /** All that live, also those that are only beginning or ending. */
  readonly #alive = new Set<Worker>();
  readonly #relay = new Relay();
  #stopping = false;

  constructor(count: number, log: ProxyLog) {
    this.#count = count;
    this.#log = log;
  }

  async supervise(signal: AbortSignal): Promise<void> {
    // Whoever has time takes the next connection from the one queue that all share, as in nginx: this process stands in
    // nobody's way, and a worker that stops leaves none behind that it had not taken.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const [first, ...others] = Array.from({ length: this.#count }, (_, place) => place);
    let reloading = Promise.resolve();
    const reload = () => {
      reloading = reloading.then(() => this.#reload()).catch(() => undefined);
    };
    process.on('SIGHUP', reload);
    try {
      // What one can't do, all of them can't: it is said once.
      await this.#begin(first!);
      await Promise.all(others.map((place) => this.#begin(place)));
      this.#log({ level: 'info', event: 'workers-running', message: `All ${this.#count} workers run.` });
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      this.#stopping = true;
      await Promise.all([...this.#alive].map(end));
      // Not before: the signal would end this process in the midst of their last requests.
      process.off('SIGHUP', reload);
    }
  }

  async #begin(place: number): Promise<void> {
    const worker = await this.#start(place);
    if (worker === undefined) throw new WorkerFailed(`Worker ${place} could not start; it has said why.`);
    this.#places.set(place, worker);
  }

  /** Starts a worker; resolves when it does its work, with undefined where it has ended before. */
  async #start(place: number): Promise<Worker | undefined> {
    const started = performance.now();
    const worker = cluster.fork({ [workerVariable]: String(place) });
    this.#alive.add(worker);
    worker.on('exit', () => void this.#alive.delete(worker));
    const running = this.#relay.join(worker).then(() => true);
    const ended = once(worker, 'exit').then(() => false);
    if (!(await Promise.race([running, ended]))) return undefined;
    worker.on('exit', (code, killedBy) => void this.#ended(place, worker, { started, code, killedBy }));
    return worker;
  }

  async #ended(
    place: number,
    worker: Worker,
    how: { readonly started: number; readonly code: number; readonly killedBy: string },
  ): Promise<void> {
    const isMissed = () => !this.#stopping && this.#places.get(place) === worker;
    if (!isMissed()) return;
    const reason = how.killedBy ? `by ${how.killedBy}` : `with ${how.code}`;
    this.#log({
      level: 'error',
      event: 'worker-ended',
      message: `Worker ${place} ended ${reason}; it is started again.`,
    });
    if (performance.now() - how.started < shortLifeMs) await wait(shortLifeMs);
    while (isMissed()) {
      const next = await this.#start(place);
      if (next !== undefined && isMissed()) this.#places.set(place, next);
      else if (next !== undefined) await end(next);
      else await wait(shortLifeMs);
    }
  }

  /**
   * Replaces one after the other: the new one does its work before the old one stops. Where a new one can't start, because the
   * new configuration is wrong, the old ones go on.
   */
  async #reload(): Promise<void> {
    for (const place of [...this.#places.keys()]) {
      if (this.#stopping) return;
      const next = await this.#start(place);
      if (next === undefined) {
        this.#log({
          level: 'error',
          event: 'workers-not-reloaded',
          message: `A new worker could not start, and has said why; what runs goes on as it was. Mend that, and send SIGHUP again.`,
        });
        return;
      }
      const old = this.#places.get(place)!;
      this.#places.set(place, next);
      await end(old);
    }
    this.#log({
      level: 'info',
      event: 'workers-reloaded',
      message: `All ${this.#count} workers were replaced.`,
    });
  }
}

async function end(worker: Worker): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  await ended;
}
