import { Unavailable } from '../errors/errors.ts';

interface Box {
  waiting: number;
  tail: Promise<unknown>;
}

/** Runs what concerns one id in turn, and different ids side by side. */
export class Mailbox {
  readonly #limit: number;
  readonly #boxes = new Map<string, Box>();

  /** `limit` is how many may wait or run per id. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Runs `work` after everything that was put in for this id before.
   * @throws Unavailable `mailbox-full` when `limit` are already waiting or running; `work` is not run.
   */
  async inTurn<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const box = this.#boxes.get(id) ?? { waiting: 0, tail: Promise.resolve() };
    if (box.waiting >= this.#limit)
      throw new Unavailable(
        'mailbox-full',
        `${this.#limit} commands already wait for ${id}; send it again later.`,
        {
          details: { id, limit: this.#limit },
        },
      );
    this.#boxes.set(id, box);
    box.waiting += 1;
    const result = box.tail.then(work);
    box.tail = result.catch(() => {});
    try {
      return await result;
    } finally {
      box.waiting -= 1;
      if (box.waiting === 0) this.#boxes.delete(id);
    }
  }
}
