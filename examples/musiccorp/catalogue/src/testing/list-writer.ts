import fc from 'fast-check';

/** A member of the staff who keeps one list, sends every command until it is acknowledged, and remembers what must be on it. */
export class ListWriter {
  readonly #url: () => string;
  readonly #restarted: () => Promise<void>;
  readonly #seed: number;
  readonly #items: number[] = [];
  #list = '';
  #position = '';
  /** Commands that were answered with success. */
  acknowledged = 0;

  constructor(seed: number, url: () => string, restarted: () => Promise<void>) {
    this.#seed = seed;
    this.#url = url;
    this.#restarted = restarted;
  }

  /** Puts items on the list and takes them off it, until `done`. */
  async write(done: () => boolean): Promise<void> {
    const created = await this.#send('POST', '/lists', { title: `Picks ${this.#seed}` });
    this.#list = `/lists/${(created as { id: string }).id}`;
    const itemIds = fc.sample(fc.integer({ min: 1, max: 40 }), { numRuns: 5_000, seed: this.#seed });
    for (const itemId of itemIds) {
      if (done()) return;
      const place = this.#items.indexOf(itemId);
      if (place < 0) {
        await this.#send('POST', `${this.#list}/items`, { itemId });
        this.#items.push(itemId);
      } else {
        await this.#send('DELETE', `${this.#list}/items/${itemId}`);
        this.#items.splice(place, 1);
      }
    }
  }

  /** What must be on the list. */
  expected(): readonly number[] {
    return this.#items;
  }

  /** What the service shows. */
  async shown(): Promise<readonly number[]> {
    const headers = { 'banyan-wait-for': this.#position };
    const reply = await fetch(this.#url() + this.#list, { headers });
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
    const { items } = (await reply.json()) as { items: { itemId: number }[] };
    return items.map(({ itemId }) => itemId);
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (;;) {
      const reply = await fetch(this.#url() + path, request).catch(() => undefined);
      // A reply may break off after its head.
      const answer = await reply?.json().catch(() => undefined);
      if (reply?.ok && answer !== undefined) {
        this.acknowledged += 1;
        this.#position = reply.headers.get('banyan-position')!;
        return answer;
      }
      if (reply !== undefined && answer !== undefined)
        throw new Error(`${reply.status} ${JSON.stringify(answer)}`);
      await this.#restarted();
    }
  }
}
