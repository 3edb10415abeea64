import type pg from 'pg';

/** Sends rows by COPY; `data` is COPY's text format. */
export function copyIn(client: pg.PoolClient, statement: string, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(statement, data, (error) => (error === undefined ? resolve() : reject(error))));
  });
}

/** The part of the client's connection that copying needs, which its types do not tell of. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** The client calls these as the server's messages come. */
class CopyIn implements pg.Submittable {
  readonly #statement: string;
  readonly #data: string;
  readonly #done: (error?: Error) => void;

  constructor(statement: string, data: string, done: (error?: Error) => void) {
    this.#statement = statement;
    this.#data = data;
    this.#done = done;
  }

  submit(connection: unknown): void {
    (connection as CopyConnection).query(this.#statement);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.#data));
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {}

  /** Nothing else comes after it. */
  handleError(error: Error): void {
    this.#done(error);
  }

  handleReadyForQuery(): void {
    this.#done();
  }
}
