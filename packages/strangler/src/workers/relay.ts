import type { Worker } from 'node:cluster';
import { addStates, countsOf, type ProxyState } from '../operations/proxy-state.ts';
import { type FromWorker, isOurs, type ToWorker } from './messages.ts';

/** Who does not answer by then is left out. */
const patienceMs = 2_000;

/** A question on its way. */
interface Asked {
  readonly waiting: Set<Worker>;
  readonly answers: unknown[];
  /** Whether the answers are states, which are remembered and summed up. */
  readonly states: boolean;
  readonly done: () => void;
}

/** Carries questions between workers, in the first process, and remembers what those have counted that have ended. */
export class Relay {
  readonly #running = new Set<Worker>();
  readonly #latest = new Map<Worker, ProxyState>();
  readonly #asked = new Map<number, Asked>();
  #gone: ProxyState | undefined;
  #last = 0;

  /** Takes a worker in; resolves when it does its work, and never where it ends before. */
  join(worker: Worker): Promise<void> {
    return new Promise((resolve) => {
      worker.on('message', (message: unknown) => {
        if (!isOurs<FromWorker>(message)) return;
        if (message.banyan === 'running') {
          this.#running.add(worker);
          resolve();
        } else this.#take(worker, message);
      });
      worker.on('exit', () => this.#left(worker));
    });
  }

  #take(worker: Worker, message: Exclude<FromWorker, { banyan: 'running' }>): void {
    if (message.banyan === 'ends') this.#latest.set(worker, message.state);
    else if (message.banyan === 'asks') this.#ask(worker, message);
    else this.#answered(message.id, worker, message.answer);
  }

  #ask(asker: Worker, { id, question, value }: FromWorker & { readonly banyan: 'asks' }): void {
    const own = ++this.#last;
    const states = question === 'state';
    const answers: unknown[] = [];
    const timer = setTimeout(() => this.#finish(own), patienceMs);
    const done = () => {
      clearTimeout(timer);
      tell(asker, { banyan: 'answered', id, answers: states ? [this.#sum()] : answers });
    };
    this.#asked.set(own, { waiting: new Set(this.#running), answers, states, done });
    for (const worker of this.#running) tell(worker, { banyan: 'question', id: own, question, value });
    if (this.#running.size === 0) this.#finish(own);
  }

  #answered(id: number, worker: Worker, answer: unknown): void {
    const asked = this.#asked.get(id);
    if (asked === undefined || !asked.waiting.delete(worker)) return;
    if (answer !== undefined) {
      asked.answers.push(answer);
      if (asked.states) this.#latest.set(worker, answer as ProxyState);
    }
    if (asked.waiting.size === 0) this.#finish(id);
  }

  #finish(id: number): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    asked?.done();
  }

  #sum(): ProxyState | undefined {
    const all = [...this.#latest.values(), ...(this.#gone === undefined ? [] : [this.#gone])];
    return all.length === 0 ? undefined : all.reduce(addStates);
  }

  #left(worker: Worker): void {
    this.#running.delete(worker);
    const latest = this.#latest.get(worker);
    this.#latest.delete(worker);
    if (latest !== undefined) {
      const counts = countsOf(latest);
      this.#gone = this.#gone === undefined ? counts : addStates(this.#gone, counts);
    }
    for (const id of [...this.#asked.keys()]) this.#answered(id, worker, undefined);
  }
}

function tell(worker: Worker, message: ToWorker): void {
  // One that is just ending misses nothing.
  if (worker.isConnected()) worker.send(message, () => undefined);
}
