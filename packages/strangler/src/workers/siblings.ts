import type { ProxyState } from '../operations/proxy-state.ts';
import { type FromWorker, isOurs, type ToWorker } from './messages.ts';

/** How a worker answers what it is asked by another one, by the name of the question. */
export interface Answers {
  /** What it has done and does. */
  state(): ProxyState;
  readonly [question: string]: (value: never) => unknown;
}

/** All workers of a proxy, seen from one of them. */
export interface Siblings {
  /** Says how this one answers. */
  answerBy(answers: Answers): void;
  /**
   * Asks every worker that runs, this one too. Who has ended or does not answer within 2 s is left out; a question that fails
   * somewhere has no answer there. Values go from process to process as JSON.
   */
  ask<Answer>(question: string, value?: unknown): Promise<readonly Answer[]>;
  /** What all of them have done and do, with the counts of those that have ended. */
  state(): Promise<ProxyState>;
}

/** A worker that is the only one. */
export class Alone implements Siblings {
  #answers: Answers | undefined;

  answerBy(answers: Answers): void {
    this.#answers = answers;
  }

  async ask<Answer>(question: string, value?: unknown): Promise<readonly Answer[]> {
    const answer = await answerTo(this.#answers, question, value);
    return answer === undefined ? [] : [answer as Answer];
  }

  async state(): Promise<ProxyState> {
    return this.#answers!.state();
  }
}

/** A worker that speaks with the others through the first process. */
export class OneOfMany implements Siblings {
  readonly #send: (message: FromWorker) => Promise<void>;
  readonly #asked = new Map<number, (answers: readonly unknown[]) => void>();
  #answers: Answers | undefined;
  #last = 0;

  constructor(channel: Pick<NodeJS.Process, 'send' | 'on'>) {
    this.#send = (message) =>
      new Promise((resolve) => {
        // A channel that is closed has nobody at its other end who could miss it.
        if (channel.send === undefined) resolve();
        else channel.send(message, undefined, {}, () => resolve());
      });
    channel.on('message', (message: unknown) => {
      if (isOurs<ToWorker>(message)) void this.#take(message);
    });
  }

  answerBy(answers: Answers): void {
    this.#answers = answers;
  }

  ask<Answer>(question: string, value?: unknown): Promise<readonly Answer[]> {
    return new Promise((resolve) => {
      const id = ++this.#last;
      this.#asked.set(id, (answers) => resolve(answers as readonly Answer[]));
      void this.#send({ banyan: 'asks', id, question, value });
    });
  }

  async state(): Promise<ProxyState> {
    const [state] = await this.ask<ProxyState>('state');
    return state!;
  }

  /** It does its work. */
  running(): Promise<void> {
    return this.#send({ banyan: 'running' });
  }

  /** It has ended: its counts are not lost. */
  async ended(): Promise<void> {
    if (this.#answers !== undefined) await this.#send({ banyan: 'ends', state: this.#answers.state() });
  }

  async #take(message: ToWorker): Promise<void> {
    const { id } = message;
    if (message.banyan === 'question') {
      const answer = await answerTo(this.#answers, message.question, message.value);
      await this.#send({ banyan: 'answers', id, answer });
    } else {
      this.#asked.get(id)?.(message.answers);
      this.#asked.delete(id);
    }
  }
}

async function answerTo(answers: Answers | undefined, question: string, value: unknown): Promise<unknown> {
  try {
    return await answers?.[question]?.(value as never);
  } catch {
    return undefined;
  }
}
