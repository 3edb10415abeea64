import { Agent, request } from 'node:http';

/** What a client was told of a request: its status, or 0 where the connection broke. */
export interface Told {
  readonly id: string;
  readonly method: string;
  readonly status: number;
  /** Whether the body was the one that belongs to the request. */
  readonly right: boolean;
}

/**
 * Clients that each send one request after the other over a connection that they keep, until they are stopped. The ids of one
 * client grow: `3-17` is the 17th request of client 3.
 */
export class Shoppers {
  readonly told: Told[] = [];
  readonly #url: () => string;
  readonly #running: Promise<void>[] = [];
  #stopped = false;

  constructor(url: () => string, clients: number) {
    this.#url = url;
    for (let client = 0; client < clients; client++) this.#running.push(this.#shop(client));
  }

  /** Ends after the requests under way. */
  async stop(): Promise<readonly Told[]> {
    this.#stopped = true;
    await Promise.all(this.#running);
    return this.told;
  }

  async #shop(client: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; !this.#stopped; n++) {
      const method = ['POST', 'GET', 'PATCH', 'POST'][n % 4]!;
      this.told.push(await ask(agent, `${this.#url()}/items/${n}`, method, `${client}-${n}`));
    }
    agent.destroy();
  }
}

function ask(agent: Agent, url: string, method: string, id: string): Promise<Told> {
  return new Promise((resolve) => {
    const body = method === 'GET' ? undefined : 'x'.repeat(500);
    const tell = (status: number, right: boolean) => resolve({ id, method, status, right });
    const req = request(url, { agent, method, headers: { 'x-id': id } }, (res) => {
      let text = '';
      res.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      res.on('end', () => tell(res.complete ? res.statusCode! : 0, text === id));
      res.on('error', () => tell(0, false));
    });
    req.on('error', () => tell(0, false));
    req.end(body);
  });
}
