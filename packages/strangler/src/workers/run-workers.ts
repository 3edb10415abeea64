import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProxyLog } from '../proxy-log.ts';

/** A worker that lived for less is not started again at once. */
const shortLifeMs = 1_000;
const workerVariable = 'BANYAN_WORKER';

/** How to run workers. */
export interface WorkersOptions {
  /** Processes. With 1 there is no other process than this one. */
  readonly count: number;
  /** Runs one, and returns what ends it when its requests have. Workers that listen on one port share it. */
  readonly run: (worker: number) => Promise<{ close(): Promise<void> }>;
  /** Ends all of them when it aborts. */
  readonly signal: AbortSignal;
  readonly log: ProxyLog;
}

/**
 * Runs the same program in several processes, one for each core that the proxy may use: the first process starts the others,
 * starts those again that die, and on SIGHUP replaces them one after the other without a connection refused. Resolves when all
 * have ended.
 *
 * @throws Error where a worker can't even start.
 */
export async function runWorkers({ count, run, signal, log }: WorkersOptions): Promise<void> {
  if (count > 1 && cluster.isPrimary) {
    await new Workers(count, log).supervise(signal);
    return;
  }
  const running = await run(Number(process.env[workerVariable] ?? 0));
  if (!signal.aborted) await once(signal, 'abort');
  await running.close();
  cluster.worker?.disconnect();
}

class Workers {
  readonly #count: number;
  readonly #log: ProxyLog;
  readonly #places = new Map<number, Worker>();
  #stopping = false;

  constructor(count: number, log: ProxyLog) {
    this.#count = count;
    this.#log = log;
  }

  async supervise(signal: AbortSignal): Promise<void> {
    // Whoever has time takes the next connection from the one queue that all share, as in nginx: this process stands in
    // nobody's way, and a worker that stops leaves none behind that it had not taken.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const places = Array.from({ length: this.#count }, (_, place) => place);
    const failed = new AbortController();
    const ended = AbortSignal.any([signal, failed.signal]);
    let reloading = Promise.resolve();
    const reload = () => {
      reloading = reloading.then(() => this.#reload()).catch(() => undefined);
    };
    process.on('SIGHUP', reload);
    try {
      await Promise.all(places.map((place) => this.#start(place, true)));
      if (!ended.aborted) await once(ended, 'abort');
    } finally {
      process.off('SIGHUP', reload);
      this.#stopping = true;
      await Promise.all([...this.#places.values()].map(end));
    }
  }

  /** Starts the worker of a place; resolves when it listens. */
  async #start(place: number, first = false): Promise<Worker> {
    const started = performance.now();
    const worker = cluster.fork({ [workerVariable]: String(place) });
    this.#places.set(place, worker);
    const listening = new AbortController();
    const ends = once(worker, 'exit', { signal: listening.signal }).then(() => {
      throw new Error(`Worker ${place} ended before it listened; its reason is above.`);
    });
    ends.catch(() => undefined);
    worker.on('exit', (code, killedBy) => void this.#ended(place, worker, { started, code, killedBy }));
    if (first) await Promise.race([once(worker, 'listening'), ends]);
    else await Promise.race([once(worker, 'listening'), ends.catch(() => undefined)]);
    listening.abort();
    return worker;
  }

  async #ended(
    place: number,
    worker: Worker,
    how: { readonly started: number; readonly code: number; readonly killedBy: string },
  ): Promise<void> {
    if (this.#stopping || this.#places.get(place) !== worker) return;
    const reason = how.killedBy ? `by ${how.killedBy}` : `with ${how.code}`;
    this.#log({
      level: 'error',
      event: 'worker-ended',
      message: `Worker ${place} ended ${reason}; it is started again.`,
    });
    if (performance.now() - how.started < shortLifeMs) await wait(shortLifeMs);
    if (!this.#stopping && this.#places.get(place) === worker) await this.#start(place);
  }

  /** Replaces one after the other: the new one listens before the old one stops. */
  async #reload(): Promise<void> {
    for (const [place, old] of [...this.#places]) {
      if (this.#stopping) return;
      await this.#start(place);
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
